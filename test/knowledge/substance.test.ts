/** Other words for the same are no news; another number, duty, permission, day, name or exception is. */
import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../src/knowledge/section-changes.ts';
import { isSubstantial } from '../../src/knowledge/substance.ts';

const section = (id: number, body: string) => ({ id, number: '1', heading: 'Devices', body });
const isNews = (before: string, now: string) =>
  changesBetween([section(1, before)], [section(2, now)]).some(isSubstantial);

describe('is news', () => {
  it.each([
    ['Passwords have at least 12 characters.', 'Passwords have at least 14 characters.'],
    ['Report it within 24 hours.', 'Report it within 4 hours.'],
    ['Report it within one day.', 'Report it within two days.'],
    ['You may use your own phone for work mail.', 'You must not use your own phone for work mail.'],
    ['You should lock your screen.', 'You must lock your screen.'],
    ['Visitors may use the guest network.', 'Visitors may only use the guest network.'],
    [
      'Devices are wiped before they are sold.',
      'Devices are wiped before they are sold, unless they are broken.',
    ],
    ['Tell the service desk when a device is gone.', 'Tell the security team when a device is gone.'],
    ['Backups run every Friday.', 'Backups run every Sunday.'],
    ['Send the form to the office in Hamburg by post.', 'Send the form to the office in Lyon by post.'],
    ['Call extension 4444 when a device is gone.', 'Call extension 7070 when a device is gone.'],
    ['Lock your screen.', 'Lock your screen. Nobody else may use your device.'],
    ['Lock your screen. Private calls are allowed.', 'Lock your screen.'],
    ['Lock your screen.', 'Lock your screen. Wipe whiteboards after every meeting with customers.'],
    ['Mitarbeitende dürfen private Geräte nutzen.', 'Mitarbeitende dürfen private Geräte nicht nutzen.'],
    ['Melden Sie es innerhalb von 24 Stunden.', 'Melden Sie es innerhalb von 2 Stunden.'],
    ['Vous pouvez utiliser votre téléphone.', 'Vous devez utiliser votre téléphone.'],
    ['Puede usar su teléfono privado.', 'No puede usar nunca su teléfono privado.'],
    ['Tell us when you can.', 'Tell us immediately.'],
  ])('«%s» → «%s»', (before, now) => {
    expect(isNews(before, now)).toBe(true);
  });
});

describe('is no news', () => {
  it.each([
    ['You must lock your screen.', 'You have to lock your screen.'],
    ['You must not share your password.', 'You may not share your password.'],
    ['Sharing a password is prohibited.', 'Sharing a password is forbidden.'],
    ['Report it within 24 hours.', 'Report it within one day.'],
    ['Keep the logs for two weeks.', 'Keep the logs for 14 days.'],
    ['Lock your screen when you leave your desk.', 'When you leave your desk, lock your screen.'],
    [
      'You must lock your screen and take your badge along.',
      'You must lock your screen. Take your badge along.',
    ],
    ['Tell the service desk at once.', 'Inform the helpdesk immediately.'],
    ['Devices are encrypted.', 'All devices are encrypted'],
    ['Lock your screen.', 'Lock your screen. Thank you for your care in all of this.'],
    ['Lock your screen.', 'This section describes how colleagues handle their devices. Lock your screen.'],
    ['Sie müssen den Bildschirm sperren.', 'Sie sind verpflichtet, den Bildschirm zu sperren.'],
    ['Il faut verrouiller votre écran.', 'Vous devez verrouiller votre écran.'],
  ])('«%s» → «%s»', (before, now) => {
    expect(isNews(before, now)).toBe(false);
  });
});

it('is news that a section is gone, where it said what to do', () => {
  const before = [
    section(1, 'Report it within 24 hours.'),
    { ...section(2, 'Other'), heading: 'Other', number: '2' },
  ];

  const changes = changesBetween(before, before.slice(1));

  expect(changes.map((change) => [change.is, isSubstantial(change)])).toEqual([['gone', true]]);
});
