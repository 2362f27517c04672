// npm run bench: measures hwbkpt against its peers in one run and prints tables; writes build/bench.json.
//
// Options: --rounds N (default 5), --seconds N (of the aggregation; default 60), --only aggregation,cost,debug-information,exactness,facility,find,machine,rates,stacks,startup,stopping,stopping-threads
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureAggregation } from './aggregation.js';
import { measureCost } from './cost.js';
import { measureExactness } from './exactness.js';
import { buildProgram } from './programs.js';
import { measureRates } from './rates.js';
import { measureStartup } from './startup.js';

const RESULT = fileURLToPath(new URL('../bench.json', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    only: {
      type: 'string',
      default: 'rates,startup,exactness,cost,aggregation,find,facility,machine,debug-information,stacks,stopping,stopping-threads',
    },
  },
});
const wanted = values.only.split(',');
const hot = buildProgram('hot', 'counter');
const result: Record<string, unknown> = { machine: machine() };
console.log(`${JSON.stringify(result['machine'])}\n`);

if (wanted.includes('rates')) show('rates', await measureRates(hot));
if (wanted.includes('startup')) show('startup', await measureStartup(hot, 7));
if (wanted.includes('exactness')) show('exactness', await measureExactness(hot, buildProgram('hot-threads', 'shared')));
if (wanted.includes('cost')) show('cost', await measureCost(hot, Number(values.rounds)));
if (wanted.includes('aggregation')) show('aggregation', await measureAggregation(hot, Number(values.seconds)));
// Loaded only when they are to run: with so much more code about, the ring is read at half the rate.
if (wanted.includes('find')) show('find', await (await import('./find.js')).measureFind());
if (wanted.includes('debug-information'))
  show('debug-information', (await import('./debug-information.js')).measureDebugInformation(Number(values.rounds)));
if (wanted.includes('stacks')) show('stacks', await (await import('./stacks.js')).measureStacks());
if (wanted.includes('stopping')) show('stopping', await (await import('./stopping.js')).measureStopping(hot, Number(values.rounds)));
if (wanted.includes('stopping-threads'))
  show('stopping-threads', await (await import('./stopping-threads.js')).measureThreads(Number(values.rounds)));
if (wanted.includes('facility')) show('facility', (await import('./facility.js')).measureFacility());
if (wanted.includes('machine')) show('machine', (await import('./machine.js')).measureMachine());
writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
console.log(`written to ${RESULT}`);

function show(name: string, rows: readonly object[]): void {
  result[name] = rows;
  console.log(name);
  console.table(rows);
}

function machine(): object {
  const hypervisor = /^flags.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return {
    kernel: release(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    virtual: hypervisor,
    node: process.version,
  };
}
