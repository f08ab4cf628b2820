---@meta cluster
-- Made from the bindings: do not edit.

---@class clusterlib
local cluster = {}

--- The names of the cluster's nodes.
---
--- Errors: ERROR_NOT_SUPPORTED.
--- Capability: cluster.
---@async
---@return string[]? answer
---@return Error? err
function cluster.nodes() end

--- The node that owns this resource now.
---
--- Errors: ERROR_NOT_SUPPORTED.
--- Capability: cluster.
---@async
---@return string? answer
---@return Error? err
function cluster.owner() end

--- Whether this node is in a quorate part.
---
--- Errors: ERROR_NOT_SUPPORTED.
--- Capability: cluster.
---@async
---@return boolean? answer
---@return Error? err
function cluster.quorum() end

--- Whether the operator has put the node in standby (on Windows: paused it), so that it runs no
--- resources.
--- `node`: which one; default: this one
---
--- Errors: ERROR_NOT_READY, ERROR_NOT_FOUND, ERROR_NOT_SUPPORTED, ERROR_TIMEOUT.
--- Capability: cluster.
---@async
---@param options? { node?: string }
---@return boolean? answer
---@return Error? err
function cluster.standby(options) end

--- A node's attribute: one that was set for as long as the node is up, or else one that is in the
--- cluster's configuration; ERROR_NOT_FOUND if there is none.
--- `name`: 1 to 128 of A-Z a-z 0-9 _ . - : #
--- `node`: whose; default: this node's
---
--- Errors: ERROR_NOT_READY, ERROR_NOT_FOUND, ERROR_NOT_SUPPORTED, ERROR_TIMEOUT.
--- Capability: cluster.
---@async
---@param name string
---@param options? { node?: string }
---@return string? answer
---@return Error? err
function cluster.attribute(name, options) end

--- Sets an attribute of this node's, for other nodes' policies and the cluster's own rules to
--- read. It is transient: it ends when the node leaves the cluster.
--- `name`: 1 to 128 of A-Z a-z 0-9 _ . - : #
--- `value`: at most 1 KiB of printable ASCII, without ++ and +=; empty: takes it away
---
--- Errors: ERROR_NOT_READY, ERROR_NOT_SUPPORTED, ERROR_TIMEOUT.
--- Capability: cluster.
---@async
---@param name string
---@param value string
---@return true? answer
---@return Error? err
function cluster.set_attribute(name, value) end

--- The node that this host runs on.
---@return string
function cluster.node() end

return cluster
