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

--- The node that this host runs on.
---@return string
function cluster.node() end

return cluster
