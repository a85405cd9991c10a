-- Asks for the neighbours of all stickers in a mixed order. arguments: stickers, first id, step of ids, path before the id, path behind it
local i, count, first, step, before, behind = 0, 0, 0, 0, "", ""
function init(args)
  count, first, step, before, behind = tonumber(args[1]), tonumber(args[2]), tonumber(args[3]), args[4], args[5] or ""
end
function request()
  i = i + 1
  return wrk.format("GET", before .. string.format("%.0f", first + step * ((2654435761 * i) % count)) .. behind)
end
