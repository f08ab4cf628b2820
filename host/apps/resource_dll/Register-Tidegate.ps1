<#
.SYNOPSIS
Installs the resource type Tidegate on every node of a failover cluster, or removes it.

.DESCRIPTION
Copies tidegate.dll into %SystemRoot%\Cluster of every node; makes %ProgramData%\Tidegate there, which
SYSTEM and Administrators alone may write or read from then on; copies the folder policies, if it lies
beside this script, into it; then adds the resource type. All nodes must be up: a node without the
file could not host the resources. Needs administrator rights on the nodes and the module
FailoverClusters (Install-WindowsFeature RSAT-Clustering-PowerShell).

A DLL that a node has loaded cannot be replaced: take the Tidegate resources offline first, and end
their resource host subsystem by moving other groups away, or restart the node.

.PARAMETER Cluster
The cluster; this machine's if absent.

.PARAMETER Source
The folder with tidegate.dll; the script's own if absent.

.PARAMETER Remove
Removes the resource type and the DLL. Resources of the type must have been removed before.

.EXAMPLE
.\Register-Tidegate.ps1 -WhatIf
Says what would be done, node by node, and does nothing.

.EXAMPLE
.\Register-Tidegate.ps1 -Cluster cluster1
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    [string]$Cluster = '.',
    [string]$Source = $PSScriptRoot,
    [switch]$Remove
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module FailoverClusters

# Owned by Administrators, full control for them and SYSTEM, nothing inherited from ProgramData, where
# every user may add files. What is in the folder already gets the same.
$guard = {
    $folder = Join-Path $env:ProgramData 'Tidegate'
    New-Item -ItemType Directory -Force $folder | Out-Null
    $list = New-Object System.Security.AccessControl.DirectorySecurity
    $list.SetSecurityDescriptorSddlForm('O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)')
    Set-Acl -LiteralPath $folder -AclObject $list
    if (Get-ChildItem -LiteralPath $folder -Force) {
        & icacls.exe "$folder\*" /setowner '*S-1-5-32-544' /T /Q | Out-Null
        $owned = $LASTEXITCODE
        & icacls.exe "$folder\*" /reset /T /Q | Out-Null
        if ($owned -ne 0 -or $LASTEXITCODE -ne 0) {
            throw "Not everything in $folder of $env:COMPUTERNAME could be given to the administrators; the DLL would refuse it."
        }
    }
    $folder
}

$type = 'Tidegate'
$dll = 'tidegate.dll'
$nodes = @(Get-ClusterNode -Cluster $Cluster)
$down = @($nodes | Where-Object { $_.State -ne 'Up' })
if ($down.Count -gt 0) {
    throw "These nodes are not up: $($down.Name -join ', '). Start them first: the resource type must be installed on every node."
}
$registered = @(Get-ClusterResourceType -Cluster $Cluster | Where-Object { $_.Name -eq $type }).Count -gt 0

if ($Remove) {
    $users = @(Get-ClusterResource -Cluster $Cluster | Where-Object { $_.ResourceType.Name -eq $type })
    if ($users.Count -gt 0) {
        throw "Resources of this type are left: $($users.Name -join ', '). Remove them first (Remove-ClusterResource)."
    }
    if ($registered -and $PSCmdlet.ShouldProcess($Cluster, "Remove the resource type $type")) {
        Remove-ClusterResourceType -Cluster $Cluster -Name $type
    }
    foreach ($node in $nodes) {
        $file = "\\$($node.Name)\admin`$\Cluster\$dll"
        if ((Test-Path $file) -and $PSCmdlet.ShouldProcess($file, 'Delete')) { Remove-Item $file }
    }
    return
}

$from = Join-Path $Source $dll
if (-not (Test-Path $from)) { throw "$from is missing: run this script from the unpacked package, or give -Source." }
$policies = Join-Path $Source 'policies'
foreach ($node in $nodes) {
    $to = "\\$($node.Name)\admin`$\Cluster\$dll"
    if ($PSCmdlet.ShouldProcess($to, "Copy $from")) { Copy-Item $from $to -Force }
    if (-not $PSCmdlet.ShouldProcess("$($node.Name), ProgramData\Tidegate", 'Make it, for SYSTEM and Administrators alone')) {
        continue
    }
    $folder = Invoke-Command -ComputerName $node.Name -ScriptBlock $guard
    $to = "\\$($node.Name)\" + $folder.Replace(':', '$')
    if ((Test-Path $policies) -and $PSCmdlet.ShouldProcess("$to\policies", "Copy $policies")) {
        Copy-Item $policies $to -Recurse -Force
    }
}
if ($registered) {
    Write-Verbose "The resource type $type is registered already."
} elseif ($PSCmdlet.ShouldProcess($Cluster, "Add the resource type $type")) {
    Add-ClusterResourceType -Cluster $Cluster -Name $type -Dll "$env:SystemRoot\Cluster\$dll" -DisplayName 'Tidegate policy' | Out-Null
}
