// Starts a program, stops it where a write makes a condition true, looks at the thread and lets it go on: stop NAME CONDITION COMMAND ARG...
import { type ClientStop, launchShared } from 'hwbkpt';

const [name = '', condition = '', ...command] = process.argv.slice(2);

const shared = await launchShared(command);
await using client = shared.join({ name: 'example', role: 'controls' });
const over = new Promise<void>((resolve) => {
  client.onEvent((event) => {
    if (event.type === 'stopped') void look(event.stop);
    else if (event.type === 'process-ended') console.log('the program ended:', event.end.end);
    else if (event.type === 'closed') resolve();
  });
});
await client.watch(name, { condition, stop: true });
await client.resume('all'); // It stands before its first instruction.
await over;

async function look({ pid, tid, cause }: ClientStop): Promise<void> {
  if (cause.kind !== 'hit') return;
  const registers = await client.registers(tid); // In the order of Linux's struct user_regs_struct.
  const stack = registers[19] ?? 0n;
  const top = await client.readMemory(pid, stack, 8);
  for (const { hit } of cause.hits) console.log(`${hit.oldValue} -> ${hit.newValue} in ${hit.place.function}`);
  console.log(
    `thread ${tid} stands, on its stack at 0x${stack.toString(16)}: ${top === null ? 'nothing' : Buffer.from(top).toString('hex')}`,
  );
  await client.resume([tid]);
}
