#!/usr/bin/env node
// Starts the command line; all of it is in src/cli.
import { main } from '../dist/cli/main.js';

// All is written by now. Left to itself Node 20 waits for ever, now and then, for its own threads (NodePlatform::DrainTasks).
process.exit(await main(process.argv.slice(2)));
