// Processes and commands that cannot be watched: status 125, the reason, what to do, and nothing left behind.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';
import { expectRefusal } from './refusal.js';
import { AS_NOBODY, describeUnprivileged, HWBKPT_AS_NOBODY } from './unprivileged.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/hwbkpt-targets-`);
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A file that may be executed, and what is in it. */
function executable(name: string, content: string | Uint8Array): string {
  const path = `${folder}/${name}`;
  writeFileSync(path, content, { mode: 0o755 });
  return path;
}

function refused(command: string, message: RegExp, hint: RegExp): Promise<unknown> {
  return expectRefusal(['watch', 'counter', '--', command], { status: 125, message, hint });
}

describeWith(['perf', 'ptrace'], 'a command that cannot run', () => {
  test('does not exist', async () => {
    await refused(`${folder}/none`, /^cannot run .*\/none: no such command$/, /Check the path/);
    await refused('hwbkpt-none-of-this', /^cannot run hwbkpt-none-of-this: no such command$/, /not in PATH/);
  });

  test('is a directory, or may not be executed', async () => {
    mkdirSync(`${folder}/directory`);
    await refused(`${folder}/directory`, /it is a directory$/, /the program in it/);
    writeFileSync(`${folder}/plain`, 'text');
    await refused(`${folder}/plain`, /it is not executable$/, /chmod \+x/);
  });

  test('is no program', async () => {
    await refused(executable('garbage', new Uint8Array([1, 2, 3, 0, 255, 7])), /it is neither a program nor a script$/, /file /);
    await refused(executable('object.o', elfHeader({ type: 1 })), /it is an ELF file, but no program$/, /readelf -h/);
    await refused(
      executable('interpreted', '#!/no/such/interpreter -x\necho hello\n'),
      /its interpreter \/no\/such\/interpreter does not exist$/,
      /first line/,
    );
  });

  test('is a damaged ELF file', async () => {
    await refused(executable('header-only', '\x7fELF garbage'), /its ELF file is damaged: it ends within its header$/, /again/);
    const program = readFileSync(await buildFixture('hot'));
    await refused(executable('cut-early', program.subarray(0, 100)), /ends before its program headers do$/, /again/);
    await refused(
      executable('cut-late', program.subarray(0, 5000)),
      /^cannot run .*: the kernel ended it with signal \d+ while loading it$/,
      /again/,
    );
    const wild = Buffer.from(program);
    wild.fill(0xff, 18, 20);
    await refused(
      executable('other-machine', wild),
      /it is a program for another kind of processor \(ELF machine 65535\)$/,
      /for this machine/,
    );
  });

  test('is a script, whose interpreter has none of the names', async () => {
    const message = /^.* counter .*; .*\/script\.sh is a script, and what runs is \/.*$/;
    await refused(executable('script.sh', '#!/bin/sh\necho ran\n'), message, /the program itself/);
    await refused(executable('script.sh', 'echo ran\n'), message, /the program itself/);
  });
});

/** The first 64 bytes of an x86-64 file. */
function elfHeader({ type }: { readonly type: number }): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(type, 16);
  header.writeUInt16LE(62, 18);
  return header;
}

describeWith(['perf', 'ptrace'], 'output that cannot be written', () => {
  test.each([
    ['/no/such/folder/file', /the directory does not exist$/],
    ['/tmp', /it is a directory$/],
  ])('-o %s: the command does not run', async (output, message) => {
    const program = await buildFixture('hot');
    await expectRefusal(['watch', 'counter', '-o', output, '--', program], { status: 125, message, hint: /^$/ });
  });

  test('-o a FIFO that nobody reads', async () => {
    const fifo = `${folder}/fifo`;
    execFileSync('mkfifo', [fifo]);
    const program = await buildFixture('hot');
    const message = /nobody reads it; start its reader first$/;
    await expectRefusal(['watch', 'counter', '-o', fifo, '--', program], { status: 125, message, hint: /^$/ });
  });

  test('-o on a full disk: the command runs on, and hwbkpt fails', async () => {
    const program = await buildFixture('signals-status');
    const run = await runHwbkpt(['watch', 'shared', '-o', '/dev/full', '--', program, '--writes', '20', '--interval', '5']);
    expect(run.stdout).toBe('tick 20\n');
    expect(run.stderr).toMatch(/\nhwbkpt: cannot write to \/dev\/full: no space is left\n$/);
    expect(run.status).toBe(125);
  });
});

describeWith(['perf', 'ptrace'], 'a process that cannot be watched', () => {
  test.each(['999999999', '4194305'])('there is none: %s', async (pid) => {
    for (const command of [['watch', 'x'], ['who', 'x'], ['stat', 'x'], ['regs'], ['doctor']])
      await expectRefusal([...command, '--pid', pid], { status: 125, message: new RegExp(`^there is no process ${pid}$`), hint: /ps -e/ });
  });

  test('a thread given for a process, and the other way round', async () => {
    await using target = await startTarget('threads-fork-read');
    const thread = readdirSync(`/proc/${target.pid}/task`).find((tid) => tid !== String(target.pid));
    await expectRefusal(['watch', 'shared', '--pid', String(thread)], {
      status: 125,
      message: new RegExp(`^${thread} is a thread of process ${target.pid}$`),
      hint: new RegExp(`--pid ${target.pid} --tid ${thread}`),
    });
    for (const command of [['watch', 'shared'], ['regs']])
      await expectRefusal([...command, '--pid', String(target.pid), '--tid', '1'], {
        status: 125,
        message: new RegExp(`^process ${target.pid} has no thread 1$`),
        hint: /\/task/,
      });
  });

  test('a kernel thread', async () => {
    await expectRefusal(['watch', 'x', '--pid', '2'], {
      status: 125,
      message: /process 2 (runs no program|belongs to another user)/,
      hint: /./,
    });
  });

  test('one that ends meanwhile, whenever that is', async () => {
    for (const delay of [50, 100, 150, 200, 250, 300, 350]) {
      await using target = await startTarget('hot');
      await using running = new RunningHwbkpt(['watch', 'counter', '--pid', String(target.pid)]);
      await sleep(delay);
      target.signal('SIGKILL');
      const { status, stderr } = await running.finishedWithin(20_000);
      // Either it was armed in time, and has seen nothing, or that is what is said.
      if (status === 0) expect(stderr).toMatch(/^hwbkpt: armed counter.*\nhwbkpt: 0 hits, 0 lost/);
      else expect(stderr).toMatch(/^hwbkpt: (there is no process \d+|process \d+ (has ended|is just ending))\n {2}\S/);
      expect([0, 125]).toContain(status);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });
});

describeWith(['perf', 'ptrace', 'ia32'], 'a program of 32 bits', () => {
  test('is not started', async () => {
    await refused(await buildFixture('ia32'), /runs a 32-bit program of x86$/, /64-bit x86 programs/);
  });

  test('that runs is left alone', async () => {
    await using target = new ManagedProcess(await buildFixture('ia32'), [], { stdin: 'pipe' });
    await target.waitForLine(/^ready$/);
    await expectRefusal(['watch', 'shared', '--pid', String(target.pid)], {
      status: 125,
      message: new RegExp(`^process ${target.pid} runs a 32-bit program of x86$`),
      hint: /64-bit/,
    });
    expect(target.running).toBe(true);
  });
});

describeUnprivileged('another user’s process', () => {
  const [command, ...asNobody] = HWBKPT_AS_NOBODY;

  test.each([['watch', 'counter'], ['regs'], ['doctor']])('%s', async (...words) => {
    await using target = await startTarget('hot');
    await using run = new ManagedProcess(command, [...asNobody, ...words, '--pid', String(target.pid)]);
    const { status, stderr } = await run.finishedWithin(30_000);
    expect(status).toBe(125);
    expect(stderr).toMatch(new RegExp(`^hwbkpt: .*${target.pid}`));
    expect(stderr).toMatch(/user|root/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('one’s own can be watched; what the kernel writes is said not to be seen', async () => {
    const [become, ...nobody] = AS_NOBODY;
    await using target = new ManagedProcess(become, [...nobody, await buildFixture('threads-fork-read'), '--wait'], { stdin: 'pipe' });
    await target.waitForLine(/^ready$/);
    await using run = new ManagedProcess(command, [...asNobody, 'watch', 'shared', '--json', '--pid', String(target.pid)]);
    await run.waitForLine(/"type":"armed"/);
    target.send('\n');
    const { stdout, status } = await run.finishedWithin(30_000);
    const [summary] = messagesOf(readPrinted(stdout), 'summary');
    expect(summary).toMatchObject({ hits: 300, lost: 0, not_covered: expect.arrayContaining(['kernel-writes']) });
    expect(status).toBe(0);
  });
});

describeWith(['perf', 'ptrace'], 'registers that somebody else has', () => {
  test('are refused, and the holder is named', async () => {
    await using target = await startTarget('hot');
    const { address } = target.shown('counter');
    await using holder = new RunningHwbkpt(['watch', `0x${address.toString(16)}:32`, '--json', '--pid', String(target.pid)]);
    await holder.waitForMessage('armed');
    const refused = { status: 125 as const, message: new RegExp(`^no free debug register in process ${target.pid}: all 4 are taken$`) };
    await expectRefusal(['watch', 'counter', '--pid', String(target.pid)], {
      ...refused,
      hint: new RegExp(`hwbkpt ${holder.pid} has the process, and shares them among: watch ${holder.pid} \\(0x[0-9a-f]+:32\\)`),
    });
    await expectRefusal(['watch', 'counter', '--no-share', '--pid', String(target.pid)], {
      ...refused,
      hint: new RegExp(`hwbkpt \\(process ${holder.pid}\\) has \\d+ perf events open`),
    });
    const doctor = await runHwbkpt(['doctor', '--pid', String(target.pid)]);
    expect(doctor.stdout).toContain(`hwbkpt (process ${holder.pid}) has`);
    holder.signal('SIGTERM');
    expect((await holder.finishedWithin(10_000)).status).toBe(0);
  });
});

describeWith(['perf', 'ptrace', 'gdb'], 'a debugger', () => {
  test('that traces a thread keeps regs away, and is named', async () => {
    await using target = await startTarget('hot');
    await using debuggers = new ManagedProcess('gdb', ['-q', '-nx', '-p', String(target.pid)], { stdin: 'pipe' });
    await debuggers.waitForLine(/Attaching|\(gdb\)|0x/);
    while (!/^TracerPid:\s*[1-9]/m.test(readFileSync(`/proc/${target.pid}/status`, 'utf8'))) await sleep(20);
    await expectRefusal(['regs', '--pid', String(target.pid)], {
      status: 125,
      message: new RegExp(`^may not trace thread ${target.pid} of process ${target.pid}$`),
      hint: new RegExp(`gdb \\(process ${debuggers.pid}\\) traces it`),
    });
    debuggers.send('quit\n');
    await debuggers.finishedWithin(20_000);
  });
});
