// Five users of one thread's four registers, by the interface of 2007: who loses its register, and has it again: priorities TID ADDRESS
import { interfaces, openLiveKernel, type TriggeredHit } from 'hwbkpt';
import { KERNELS } from 'hwbkpt/machine';

const [tid, address] = process.argv.slice(2).map(Number) as [number, number];
const { registerUser, unregister } = interfaces.hwbkpt;

await using kernel = await openLiveKernel(tid, { rules: KERNELS.hwbkpt });
kernel.onEvent((event) => {
  if (event.type === 'tell') console.log(`${event.request} ${event.what} (${event.cause})`);
});

const usual = { length: 8, access: 'write', callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
for (const id of [1, 2, 3, 4]) registerUser(kernel.host, tid, { ...usual, id, address: address + 8 * id, priority: 20 });

const hit = await new Promise<TriggeredHit>((resolve) => {
  kernel.listen(5, { triggered: resolve });
  registerUser(kernel.host, tid, { ...usual, id: 5, address, priority: 90 });
});
console.log(`thread ${hit.tid} wrote, and stands before 0x${hit.ip.toString(16)}`);
unregister(kernel.host, 5);
