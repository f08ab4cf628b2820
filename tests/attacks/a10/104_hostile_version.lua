-- A10.104: a version and names of fields that are not printable
-- caught by: refused
-- in: load
-- says: \x1b[2J
return {
  api = 1, version = "\27[2J", ["\27[2J\n"] = 1, online = print, offline = print,
  is_alive = print, timeouts = { ["\27[2J"] = 1 }, capabilities = { "\27[2J" },
  properties = { ["\27[2J"] = { type = "\27[2J" } },
}
