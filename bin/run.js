#!/usr/bin/env node
// CommonJS, as package.json beside it says: Node.js starts it faster than an ES module.
require('../dist/main.cjs').main()
