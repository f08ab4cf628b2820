-- What luacheck needs to know of policies: the Lua that the sandbox has, and nothing beyond.
std = {
  read_globals = {
    "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal",
    "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber", "tostring",
    "type", "xpcall", "math", "string", "table", "utf8",
  },
}
max_line_length = 100
exclude_files = { "scripts/library/*", "build/*" }
