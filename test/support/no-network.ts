import nock from 'nock'

// Tests reach this machine alone, where the emulator is; anything else fails at once.
nock.disableNetConnect()
nock.enableNetConnect(/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/)
