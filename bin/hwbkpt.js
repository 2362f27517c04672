#!/usr/bin/env node
// Starts the command line; all of it is in src/cli.
import { main } from '../dist/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
