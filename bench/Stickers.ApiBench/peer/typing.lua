-- Many different messages, each unfinished at another letter.
local i, words = 0, {"good night", "happy birthday", "thank you", "word12", "cat", "see you", "hello", "word4321", "heart", "smile"}
function request()
  i = i + 1
  local word = words[i % #words + 1]
  local typed = string.sub(word, 1, 1 + math.floor(i / #words) % #word)
  return wrk.format("GET", "/v1/suggest?locale=en&text=message%20" .. (i % 977) .. "%20" .. string.gsub(typed, " ", "%%20"))
end
