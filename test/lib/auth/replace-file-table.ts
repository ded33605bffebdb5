/** The text of /proc/self/mountinfo, which escapes white space and backslashes. */
export const MOUNTS = String.raw`22 29 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw
23 29 8:1 /a /home/a\040b\011c\012d\134e/config.yaml rw - ext4 /dev/sda1 rw
`

export const MOUNT_POINTS: readonly string[] = ['/sys', '/home/a b\tc\nd\\e/config.yaml']
