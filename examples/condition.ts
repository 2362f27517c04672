// Starts a program and prints only the writes for which a condition holds: condition NAME CONDITION COMMAND ARG...
import { HwbkptError, launch } from 'hwbkpt';

const [name = '', condition = '', ...command] = process.argv.slice(2);

await using target = await launch(command);
try {
  const watch = await target.watch(name, { condition });
  for await (const hit of watch) console.log(`${hit.oldValue} -> ${hit.newValue} in ${hit.place.function}`);
  const { hits, engine } = target.summary();
  console.log(`${hits} hits, engine ${engine}`);
} catch (error) {
  if (!(error instanceof HwbkptError)) throw error;
  console.log(`${error.message}\n${error.hint ?? ''}`);
}
