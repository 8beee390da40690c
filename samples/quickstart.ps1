# Tries Trail on Windows: records a program and shows what was recorded.
#
#   powershell -ExecutionPolicy Bypass -File samples\quickstart.ps1 [-Zip trail-....zip]
#
# With -Zip it takes the programs from that archive. Without it builds them first, with CMake,
# Visual Studio and vcpkg ($env:VCPKG_ROOT, or where GitHub's machines have it).
param([string]$Zip = '')

$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')

# What a program says on stderr is no error; its exit status is.
function Invoke-Step {
    param([string]$Program, [string[]]$Words)
    Write-Host "`n> $Program $Words"
    & $Program @Words
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with status $LASTEXITCODE" }
}

$folder = Join-Path (Get-Location) 'build\quickstart'
if ($Zip -ne '') {
    Expand-Archive -Path $Zip -DestinationPath $folder -Force
    $bin = (Get-Item (Join-Path $folder 'trail-*\bin') | Select-Object -Last 1).FullName
} else {
    $vcpkg = @($env:VCPKG_ROOT, $env:VCPKG_INSTALLATION_ROOT) |
        Where-Object { $_ } | Select-Object -First 1
    if (-not $vcpkg) {
        throw 'set VCPKG_ROOT to the folder of vcpkg, or give -Zip an archive of Trail'
    }
    Invoke-Step cmake @('-S', '.', '-B', $folder, '-DTRAIL_TESTS=OFF',
        '-DVCPKG_TARGET_TRIPLET=x64-windows-static-md',
        "-DCMAKE_TOOLCHAIN_FILE=$vcpkg/scripts/buildsystems/vcpkg.cmake")
    Invoke-Step cmake @('--build', $folder, '--config', 'Release', '--parallel')
    Invoke-Step cmake @('--install', $folder, '--config', 'Release', '--prefix', "$folder/installed")
    $bin = Join-Path $folder 'installed\bin'
}

$env:PATH = "$bin;$env:PATH"
$env:TRAIL_DB = Join-Path $folder 'trail.db'
Invoke-Step trailrec @('--', 'cmd.exe', '/c', 'ver')
Invoke-Step trailview @('summary')
Invoke-Step trailview @('loads')
Invoke-Step trailview @('why', 'kernelbase.dll')
Write-Host "`nThe record is $env:TRAIL_DB; the programs are in $bin"
