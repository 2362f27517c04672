// Counts for a while which functions write a variable of a running process: who PID NAME SECONDS
import { attach } from 'hwbkpt';

const [pid = '', name = '', seconds = '1'] = process.argv.slice(2);
const counts = new Map<string, number>();

await using target = await attach(Number(pid));
const watch = await target.watch(name);
setTimeout(() => void watch.close(), Number(seconds) * 1000);

for await (const { place } of watch) {
  const writer = place.function ?? 'unknown';
  counts.set(writer, (counts.get(writer) ?? 0) + 1);
}
console.table([...counts].map(([writer, writes]) => ({ writer, writes })));
const { lost } = target.summary();
if (lost > 0) console.log(`${lost} more were lost`);
