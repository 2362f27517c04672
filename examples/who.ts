// Counts for a while which functions write a variable of a running process: who PID NAME SECONDS
import { setTimeout } from 'node:timers/promises';
import { attach } from 'hwbkpt';

const [pid = '', name = '', seconds = '1'] = process.argv.slice(2);
const counts = new Map<string, number>();

await using target = await attach(Number(pid));
const watch = await target.watch(name, { keep: 'counts' });
await setTimeout(Number(seconds) * 1000);
await watch.close();

for (const { place, count } of watch.tally()) {
  const writer = place.function ?? 'unknown';
  counts.set(writer, (counts.get(writer) ?? 0) + count);
}
console.table([...counts].map(([writer, writes]) => ({ writer, writes })));
const { lost } = target.summary();
if (lost > 0) console.log(`${lost} more were lost`);
