// Tries to watch something, and says in a person's words why it cannot be: errors PID NAME
import { attach, HwbkptError } from 'hwbkpt';

const [pid = '', name = ''] = process.argv.slice(2);

try {
  await using target = await attach(Number(pid));
  const watch = await target.watch(name);
  console.log(`${name} can be watched: ${watch.info.size} bytes at 0x${watch.info.address.toString(16)}`);
} catch (error) {
  if (!(error instanceof HwbkptError)) throw error;
  console.log(`${error.code}: ${error.message}`);
  if (error.hint !== undefined) console.log(error.hint);
}
