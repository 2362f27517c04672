// Watchpoints by gdb's machine interface, which editors use, as gdb's own tests have them.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { GdbServerProcess, Typed } from './server.js';

/** gdb in the hands of an editor. */
class MachineGdb extends Typed {
  constructor(program: string) {
    super('gdb', ['-nx', '-q', '-i=mi', '-iex', 'set debuginfod enabled off', program], { stdin: 'pipe' });
  }
}

describeWith(['perf', 'ptrace', 'gcc', 'gdb'], 'gdb: machine interface', () => {
  test('watchpoints are created, listed, hit, and gone with their scope', async () => {
    const program = await buildFixture('debugger-scenes');
    await using server = await GdbServerProcess.start('--', program, 'locals', 'counts', 'reads');
    await using mi = new MachineGdb(program);
    await mi.order([`-target-select remote ${server.address}`], /^\^connected/);
    await mi.order(['-break-insert -t with_locals', '-exec-continue'], /^\*stopped,.*func="with_locals"/);
    await mi.order(['-exec-next'], /^\*stopped,reason="end-stepping-range"/);
    await mi.order(['111-break-watch local'], /^111\^done,wpt=\{number="2",exp="local"\}/);
    await mi.order(['222-break-list'], /^222\^done,.*number="2",type="hw watchpoint",disp="keep",enabled="y",what="local"/);
    await mi.order(['-exec-continue'], /^\*stopped,reason="watchpoint-trigger",wpt=\{number="2",exp="local"\},value=\{old="0",new="1"\}/);
    await mi.order(['-exec-continue'], /^\*stopped,reason="watchpoint-trigger",.*value=\{old="1",new="11"\}/);
    await mi.order(['-exec-continue'], /^\*stopped,reason="watchpoint-scope",wpnum="2"/);
    await mi.order(['-break-insert -t counts', '-exec-continue'], /^\*stopped,.*func="counts"/);
    await mi.order(['-break-watch ival3', '-exec-continue'], /^\*stopped,reason="watchpoint-trigger",.*value=\{old="-1",new="0"\}/);
    // What the debugger writes is the old value of the next hit.
    await mi.order(
      ['-data-write-memory-bytes &ival3 28000000', '-exec-continue'],
      /^\*stopped,reason="watchpoint-trigger",.*value=\{old="40",new="1"\}/,
    );
    await mi.order(['-break-delete', '-break-insert -t reads', '-exec-continue'], /^\*stopped,.*func="reads"/);
    await mi.order(['333-break-watch -r ival2', '444-break-watch -a ival1'], /^444\^done,hw-awpt=\{number="\d+",exp="ival1"\}/);
    await mi.order(['-exec-continue'], /^\*stopped,.*reason="access-watchpoint-trigger",.*value=\{new="-1"\}/);
    await mi.order(['-exec-continue'], /^\*stopped,.*reason="access-watchpoint-trigger",.*value=\{old="-1",new="1"\}/);
    await mi.order(
      ['-break-delete', '-break-watch -r ival2', '-exec-continue'],
      /^\*stopped,.*reason="read-watchpoint-trigger",.*value=\{value="-1"\}/,
    );
    await mi.order(['-target-detach'], /^\^done/);
    mi.closeInput();
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 0, stdout: 'played 3\n' });
  });

  test('non-stop: a watchpoint is taken away while the program runs', async () => {
    const program = await buildFixture('debugged');
    await using server = await GdbServerProcess.start('--', program, '--rounds', '100000', '--pause', '1000');
    await using mi = new MachineGdb(program);
    await mi.order(['-gdb-set mi-async 1', '-gdb-set non-stop 1', `-target-select remote ${server.address}`], /^\^connected/);
    await mi.order(['-break-insert -t main', '-exec-continue'], /^\*stopped,.*func="main"/);
    await mi.order(['-break-watch level', '-exec-continue'], /^\*running/);
    await mi.order(['777-break-delete 2'], /^777\^done/);
    await mi.order(['-exec-interrupt'], /^\*stopped,/);
    await mi.order(['-break-watch counter', '-exec-continue'], /^\*stopped,reason="watchpoint-trigger",wpt=\{number="3",exp="counter"\}/);
    await mi.order(['888-interpreter-exec console kill'], /^888\^done/);
    mi.closeInput();
    expect(await server.finishedWithin(20_000)).toMatchObject({ status: 137 });
  });
});
