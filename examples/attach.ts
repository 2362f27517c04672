// Prints the next ten writes to a variable of a running process: attach PID NAME
import { attach } from 'hwbkpt';

const [pid = '', name = ''] = process.argv.slice(2);

await using target = await attach(Number(pid));
const watch = await target.watch(name);
console.log(`watching ${watch.info.size} bytes in ${watch.arming.threads} threads`);

let left = 10;
for await (const hit of watch) {
  console.log(`${hit.comm} ${hit.oldValue} -> ${hit.newValue} in ${hit.place.function} (${hit.place.file}:${hit.place.line})`);
  if (--left === 0) break;
}
