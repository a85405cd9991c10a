-- Asks for the neighbours of stickers in a mixed order. arguments: stickers, first id, step of ids, path before the id, path behind it
-- Requests are written before the clock starts: what the client takes of the cores, the server lacks.
local i, requests = 0, {}
function init(args)
  local count, first, step, before, behind = tonumber(args[1]), tonumber(args[2]), tonumber(args[3]), args[4], args[5] or ""
  for n = 1, math.min(count, 200000) do
    requests[n] = wrk.format("GET", before .. string.format("%.0f", first + step * ((2654435761 * n) % count)) .. behind)
  end
end
function request()
  i = i % #requests + 1
  return requests[i]
end
