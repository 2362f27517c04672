// Starts a program, prints every write to a variable from its first instruction on, and how the program ended: launch NAME COMMAND ARG...
import { launch } from 'hwbkpt';

const [name = '', ...command] = process.argv.slice(2);

await using target = await launch(command);
const watch = await target.watch(name); // The program is held until the loop below begins.

for await (const hit of watch) console.log(`${hit.oldValue} -> ${hit.newValue} in ${hit.place.function}`);

console.log('the program ended:', target.ending);
