#!/usr/bin/env node
// This is CommonJS, as bin/package.json declares, because Node.js starts that faster than an ES module.
require('../dist/main.cjs').main()
