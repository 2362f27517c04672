import { describe, expect, test } from 'vitest';
import { ManagedProcess } from './managed-process.js';
import { messagesOf, readPrinted } from './run-hwbkpt.js';

function shell(script: string): ManagedProcess {
  return new ManagedProcess('/bin/sh', ['-c', script], { stdin: 'pipe' });
}

describe('a managed process', () => {
  test('keeps its output and its end', async () => {
    await using running = shell('echo one; echo two >&2; exit 3');
    expect(await running.finished).toEqual({ status: 3, signal: null, stdout: 'one\n', stderr: 'two\n' });
  });

  test('shows a line as soon as it is complete', async () => {
    await using running = shell('printf "half"; read -r line; echo " $line"; read -r line');
    running.send('whole\n');
    expect(await running.stdout.waitForLine(/whole/)).toBe('half whole');
    expect(running.running).toBe(true);
  });

  test('says so when a line never comes, with what it said instead', async () => {
    await using running = shell('echo something else; echo reason >&2');
    const told = /no line like \/wanted\/ before the end; there was:\nsomething else\n\n--- stderr\nreason/;
    await expect(running.waitForLine(/wanted/)).rejects.toThrow(told);
  });

  test('is killed when it takes too long, and the error tells what it said', async () => {
    await using running = shell('echo stuck; sleep 60');
    await running.stdout.waitForLine(/stuck/);
    await expect(running.finishedWithin(10)).rejects.toThrow(/still running after 10 ms\n--- stdout\nstuck/);
    expect(running.members()).toEqual([]);
  });

  test('is ended with all it started by disposing of it', async () => {
    const running = shell('sleep 60 & sleep 60 & echo started; wait');
    await running.stdout.waitForLine(/started/);
    expect(running.members()).toHaveLength(3);
    await running[Symbol.asyncDispose]();
    expect(running.members()).toEqual([]);
    expect(await running.finished).toMatchObject({ signal: 'SIGKILL' });
  });

  test('that leaves something behind is found out', async () => {
    const running = shell('sleep 60 >/dev/null 2>&1 & echo started');
    await running.finished;
    await expect(running[Symbol.asyncDispose]()).rejects.toThrow(/left behind: \d+ \(sleep 60\)/);
    expect(running.members()).toEqual([]);
  });

  test('that cannot be started is an error at once', () => {
    expect(() => new ManagedProcess('/no/such/program', [])).toThrow('cannot start /no/such/program');
  });
});

test('messages are told apart from the output of the target', () => {
  const printed = readPrinted('{"type":"event","event":"throttled","count":2,"time_ns":"1"}\nhello\n{"other":1}\n');
  expect(messagesOf(printed, 'event')).toEqual([{ type: 'event', event: 'throttled', count: 2, time_ns: '1' }]);
  expect(messagesOf(printed, 'hit')).toEqual([]);
  expect(printed.otherLines).toEqual(['hello', '{"other":1}']);
});
