import nock from 'nock'

// Tests make no external network requests; the emulator runs on this machine.
nock.disableNetConnect()
nock.enableNetConnect(/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/)
