// Shows what else can be told: changes that nobody was seen to make, execs, children, losses: events NAME COMMAND ARG...
import { type Item, launch } from 'hwbkpt';

const [name = '', ...command] = process.argv.slice(2);

await using target = await launch(command, { inherit: 'children', onItems: (items) => items.forEach(show) });
await target.watch(name);
target.resume(); // With onItems nobody iterates, so the program is let go by hand.
await target.ended;
console.log(JSON.stringify(target.summary()));

function show(item: Item): void {
  switch (item.kind) {
    case 'hit':
      console.log(`hit ${item.oldValue} -> ${item.newValue}${item.kernel ? ' by the kernel' : ''}`);
      break;
    case 'unseen-change':
      console.log('changed without a hit');
      break;
    case 'fork':
      console.log(`process ${item.pid} made process ${item.child}`);
      break;
    default:
      console.log(item.kind);
  }
}
