/** Replaces wsl-utils, with which @oclif/core runs PowerShell at each start on Windows to find the shell's name. */
export const isWsl = false
