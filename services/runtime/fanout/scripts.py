"""What happens in one step inside Redis.

A channel is a hash `epoch, offset` and a stream of its last payloads, whose entry ids are `0-<offset>`. When
the hash is gone (a restart, an eviction), a new epoch begins and the stream begins with it.
"""

_EPOCH = """
local function head(key, log, candidate, ttl)
  local epoch = redis.call('HGET', key, 'epoch')
  if not epoch then
    epoch = candidate
    redis.call('HSET', key, 'epoch', epoch, 'offset', 0)
    redis.call('EXPIRE', key, ttl)
    redis.call('DEL', log)
  end
  return epoch
end
"""

# KEYS: hash, stream. ARGV: epoch if one is missing, its seconds, how many and how long, channel, payloads.
PUBLISH = (
    _EPOCH
    + """
local epoch = head(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
local offset = redis.call('HINCRBY', KEYS[1], 'offset', #ARGV - 5) - (#ARGV - 5)
redis.call('EXPIRE', KEYS[1], ARGV[2])
for i = 6, #ARGV do
  offset = offset + 1
  redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[3], '0-' .. offset, 'p', ARGV[i])
  redis.call('PUBLISH', ARGV[5], epoch .. ':' .. offset .. ':' .. ARGV[i])
end
redis.call('EXPIRE', KEYS[2], ARGV[4])
return {epoch, offset}
"""
)

# KEYS: hash and stream of each channel. ARGV: epoch if one is missing, its seconds.
TOPS = (
    _EPOCH
    + """
local tops = {}
for i = 1, #KEYS, 2 do
  local epoch = head(KEYS[i], KEYS[i + 1], ARGV[1], ARGV[2])
  tops[#tops + 1] = {epoch, tonumber(redis.call('HGET', KEYS[i], 'offset'))}
end
return tops
"""
)

# KEYS: hash, stream. ARGV: epoch and offset of the reader. Answers nothing, or the payloads that follow.
SINCE = """
local known = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
local after = tonumber(ARGV[2])
if known[1] ~= ARGV[1] or after > tonumber(known[2]) then return false end
local payloads = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '0-' .. (after + 1), '+')) do
  payloads[#payloads + 1] = entry[2][2]
end
if #payloads ~= tonumber(known[2]) - after then return false end
return payloads
"""
