/** Stands in for wsl-utils: with it, @oclif/core runs PowerShell at each start on Windows, to learn the shell's name. */
export const isWsl = false
