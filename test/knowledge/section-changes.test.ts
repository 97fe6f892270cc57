/** What changed between two versions of a text, in plain words. */
import { expect, it } from 'vitest';
import { changesBetween, type Section } from '../../src/knowledge/section-changes.ts';

let id = 0;
const section = (heading: string, body: string): Section => ({ id: (id += 1), number: /^[\d.]+/.exec(heading)?.[0] ?? '', heading: heading.replace(/^[\d.]+\s*/, ''), body }); // prettier-ignore
const between = (before: Section[], now: Section[]) =>
  changesBetween(before, now).map(({ is, section: { heading }, lines }) => ({ is, heading, lines }));

it('says a figure that changed with what it was', () => {
  const before = [section('3.1 Passwords', 'Passwords have at least 12 characters. Use a manager.')];
  const now = [section('3.1 Passwords', 'Passwords have at least 16 characters. Use a manager.')];

  expect(between(before, now)).toEqual([
    { is: 'changed', heading: 'Passwords', lines: [{ is: 'now', text: 'Passwords have at least 16 characters.', before: '12', old: 'Passwords have at least 12 characters.' }] }, // prettier-ignore
  ]);
});

it('tells new sentences and those that are gone, and new sections and those that are gone', () => {
  const before = [
    section('1 Devices', '- Lock it.\n- Private calls are allowed.'),
    section('2 Abroad', 'Ask first.'),
  ];
  const now = [section('1 Devices', '- Lock it.\n- Nobody else uses your device, at work or at home.'), section('2 Selling', 'Remove the profile.')]; // prettier-ignore

  expect(between(before, now)).toEqual([
    { is: 'changed', heading: 'Devices', lines: [{ is: 'new', text: 'Nobody else uses your device, at work or at home.' }, { is: 'gone', text: 'Private calls are allowed.' }] }, // prettier-ignore
    { is: 'new', heading: 'Selling', lines: [{ is: 'new', text: 'Remove the profile.' }] },
    { is: 'gone', heading: 'Abroad', lines: [{ is: 'gone', text: 'Ask first.' }] },
  ]);
});

it('takes a section that only moved, was renumbered or renamed for the same, and says nothing of spaces and marks', () => {
  const body = 'Call extension 4444 within one hour of noticing that a device is gone.';
  const before = [section('3.4 Loss', body), section('3.5 Reviews', 'Owners review rights every 6 months.')];
  const now = [
    section('4.1 Reviews', 'Owners  review rights every 6 months'),
    section('4.2 Loss and theft', body),
  ];

  expect(between(before, now)).toEqual([]);
});

it('reads a row of a table with what its head says', () => {
  const table = (days: number) =>
    section('2 Periods', `| Right | Longest |\n|---|---|\n| Holiday cover | ${days} days |`);

  const [change] = between([table(30)], [table(14)]);

  expect(change?.lines).toEqual([
    {
      is: 'now',
      text: 'Holiday cover · Longest: 14 days',
      before: '30',
      old: 'Holiday cover · Longest: 30 days',
    },
  ]);
});

it('tells of two texts that have nothing in common that one is gone and the other new', () => {
  const [before, now] = ['Bring your badge along every day.', 'Wir löschen nach zehn Jahren.'].map((text) => Array.from({ length: 200 }, (_, at) => section(`${at} ${text}`, text))) as [Section[], Section[]]; // prettier-ignore

  const changes = changesBetween(before, now);

  expect([changes.length, changes.filter(({ is }) => is === 'new').length]).toEqual([400, 200]);
});
