// Command lines that say nothing that could be done: status 2, and what works instead.
import { describe, test } from 'vitest';
import { expectRefusal } from './refusal.js';

/** Never started: all of these are refused before. */
const TARGET = ['--', '/bin/true'];
const SEE_HELP = /^ {2}See `hwbkpt --help`, or `hwbkpt COMMAND --help`\.$/m;

describe('wrong usage ends with status 2', () => {
  test.each([
    [['frobnicate'], /^unknown command 'frobnicate'$/, SEE_HELP],
    [['wach', 'x', ...TARGET], /^unknown command 'wach'$/, /^ {2}Did you mean watch\?$/m],
    [['watch'], /^missing required argument 'expr'$/, SEE_HELP],
    [['watch', 'x', '--acces', 'w', ...TARGET], /^unknown option '--acces'$/, /Did you mean --access\?/],
    [['watch', 'x', '--limit'], /^option '--limit <n>' argument missing$/, SEE_HELP],
    [['watch', 'x', '--access', 'r', ...TARGET], /no breakpoint for reads alone/, /Use --access rw/],
    [['watch', 'x', '--access', 'q', ...TARGET], /^--access takes w, rw or x, not "q"$/, /^$/],
    [['watch', 'x', '--engine', 'magic', ...TARGET], /^--engine takes auto, bpf, perf, stop or sim, not "magic"$/, /^$/],
    [['watch', 'x', '--inherit', 'all', ...TARGET], /^--inherit takes none, threads or children, not "all"$/, /^$/],
    [['watch', 'x', '--limit', '0', ...TARGET], /^--limit takes a whole number from 1, not "0"$/, /^$/],
    [['watch', 'x', '--priority', '256', ...TARGET], /^--priority goes to 255$/, /^$/],
    [['watch', 'x', '--priority', '-1', ...TARGET], /^--priority takes a whole number from 0, not "-1"$/, /^$/],
    [['watch', 'x', '--duration', 'long', ...TARGET], /^--duration takes seconds/, /^$/],
    [['watch', 'x', '--as', 'quux', ...TARGET], /does not know the type "quux"/, /Types: int8, int16/],
    [['watch', 'x', '--stack', '200', ...TARGET], /^--stack goes to 127 frames/, /^$/],
    [['watch', 'x', '-o', 'fd:99', ...TARGET], /^descriptor 99 is not open$/, /-o fd:99 99>file/],
    [['watch', 'x'], /^no target: whose memory\?$/, /hwbkpt watch x --pid 4711 .*\n.*--tid 4712.*\n.*-- \.\/program/],
    [['who', 'a.b[2]'], /^no target/, /hwbkpt who 'a\.b\[2\]' --pid 4711/],
    [['watch', 'x', '--'], /^no target/, /-- \.\/program/],
    [['watch', 'x', '--', ''], /^the command after -- is empty$/, /^$/],
    [['watch', 'x', '--pid', '1', ...TARGET], /^give either --pid or a command/, /^$/],
    [['watch', 'x', '--tid', '1', ...TARGET], /^--tid needs --pid$/, /^$/],
    [['watch', 'x', '--pid', 'init'], /^--pid takes a whole number from 1, not "init"$/, /^$/],
    [['watch', 'x', '--pid', '0'], /^--pid takes a whole number/, /^$/],
    [['doctor', 'now'], /too many arguments/, SEE_HELP],
    [['doctor', ...TARGET], /^hwbkpt doctor takes no command after --$/, /^$/],
    [['regs'], /^whose registers\?$/, /hwbkpt regs --pid 4711/],
    [['decode', 'dr5', '1'], /no register "dr5"/, /dr6, dr7/],
    [['decode', 'dr7', '0xg'], /"0xg" is not a 64-bit value/, /0x400 or 1024/],
    [['decode', 'dr7', '0x10000000000000000'], /is not a 64-bit value/, /0x400/],
    [['decode', 'dr7', '18446744073709551616'], /is not a 64-bit value/, /0x400/],
    [['decode', 'dr7'], /^missing required argument 'value'$/, SEE_HELP],
  ])('%j', async (args, message, hint) => {
    await expectRefusal(args, { status: 2, message, hint });
  });

  // The target exists, so that these are refused for what they say.
  test.each([
    ['', /there is nothing/, /Write NAME/],
    ['*', /expected a name, but the text ends, at character 2/, /\*p->next/],
    ['p[7..3]', /the last element \(3\) comes before the first \(7\)/, /five elements/],
    ['a[', /expected the number of an element/, /^$/],
    ['a[-]', /expected the number of an element/, /^$/],
    ['a b', /does not belong here/, /Write NAME/],
    ['123', /written with 0x/, /Write NAME/],
    ['0xzz', /written with 0x/, /Write NAME/],
    ['0x123456789abcdef01', /at most 16/, /^$/],
    ['x:0', /a length is at least 1 byte/, /^$/],
    ['x:99999999999', /less than 2 GiB/, /^$/],
  ])('EXPR %j', async (expression, message, hint) => {
    await expectRefusal(['watch', expression, ...TARGET], { status: 2, message, hint });
  });
});
