---@meta log
-- Made from the bindings: do not edit.

---@class loglib
local log = {}

--- Each takes one value, or a format as string.format does and its values.
---@param text any
---@param ... any
function log.debug(text, ...) end

---@param text any
---@param ... any
function log.info(text, ...) end

---@param text any
---@param ... any
function log.warning(text, ...) end

---@param text any
---@param ... any
function log.error(text, ...) end

return log
