-- Many different messages, each unfinished at another letter, written before the clock starts.
local i, requests, words = 0, {}, {"good night", "happy birthday", "thank you", "word12", "cat", "see you", "hello", "word4321", "heart", "smile"}
function init()
  for n = 1, 100000 do
    local word = words[n % #words + 1]
    local typed = string.sub(word, 1, 1 + math.floor(n / #words) % #word)
    requests[n] = wrk.format("GET", "/v1/suggest?locale=en&text=message%20" .. (n % 977) .. "%20" .. string.gsub(typed, " ", "%%20"))
  end
end
function request()
  i = i % #requests + 1
  return requests[i]
end
