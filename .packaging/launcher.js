#!/usr/bin/env node
// Runs the program of this platform, which a package of its own holds.
"use strict";
const { spawnSync } = require("child_process");
const os = require("os");

const of = `apisqs-doctor-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${of}/bin/apisqs-doctor${process.platform === "win32" ? ".exe" : ""}`);
} catch {
  console.error(`apisqs-doctor: the package ${of} is not installed; is there one for this platform, and were optional dependencies left out?`);
  process.exit(3);
}
const run = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  console.error(`apisqs-doctor: ${program} cannot be run: ${run.error.message}`);
  process.exit(3);
}
process.exit(run.signal ? 128 + (os.constants.signals[run.signal] || 0) : run.status);
