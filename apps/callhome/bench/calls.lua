-- Requests of new calls for wrk: `wrk -s calls.lua URL -- SEED CALLS_PER_REQUEST [parse]`. Every id is new.
local counter, seed, calls = 0, 0, 1
local headers = { ["content-type"] = "application/json" }
local path, id = "/v1/call", "id"

function init(args)
  seed, calls = tonumber(args[1]), tonumber(args[2])
  if args[3] == "parse" then
    -- The same fields as an object of parse-server, which has an id of its own.
    path, id = "/parse/classes/Call", "callId"
    headers["x-parse-application-id"] = "bench"
  end
end

local function call()
  counter = counter + 1
  local now = string.format("%012x", os.time() * 1000)
  return string.format(
    '{"' .. id .. '":"%s-%s-7%03x-8%03x-%012x","product":"pdf-light","version":"4.2.%d","build":"20261103.7","edition":"pro",'
      .. '"instance":"instance-%d","user":"user-%d","licence":"ABCD-EFGH-IJKL-%04d","os":"windows","arch":"x64"}',
    now:sub(1, 8), now:sub(9), math.floor(seed / 4096) % 4096, seed % 4096, counter,
    counter % 10, counter % 5000, counter % 3000, counter % 200)
end

function request()
  if calls == 1 then
    return wrk.format("POST", path, headers, call())
  end
  local batch = {}
  for index = 1, calls do
    batch[index] = call()
  end
  return wrk.format("POST", "/v1/calls", headers, "[" .. table.concat(batch, ",") .. "]")
end
