/** Which requirement a finding is about: the right one among three, and our own rule beside it. */
import { describe, expect, it } from 'vitest';
import { suggestRequirements } from '../../../src/workflows/corrective-actions/raise/suggest-requirement.ts';
import { lexicon } from '../../support/shared.ts';

const findings: [string, string[]][] = [
  ['Three people who left in spring still have live accounts', ['A.5.16', 'A.5.18']],
  ['Nobody has tested a restore of the payroll database since May', ['A.8.13']],
  ['Visitors walked through the office without badge or escort', ['A.7.2']],
  ['The admin portal can be used without multi-factor sign-in', ['A.8.5']],
  ['The management review was not held last year', ['9.3', '9.3.1']],
  ['The internal audit of HR was done by somebody from HR', ['9.2', '9.2.2']],
  ['Two web servers miss security patches that are four months old', ['A.8.8']],
  ['Contracts with our hosting supplier say nothing about security', ['A.5.20']],
  ['Old laptops were sold without wiping their disks', ['A.7.14']],
  ['Five new colleagues have not done the awareness training', ['A.6.3']],
  ['Real customer data is used in the test system', ['A.8.33']],
  ['The guest wifi can reach the production network', ['A.8.22']],
  ['Developers merge to main without a code review', ['A.8.28']],
  ['Logs of the file server are overwritten after three days', ['A.8.15']],
  ['Confidential papers were lying on desks in the evening', ['A.7.7']],
  ['The risk treatment plan has no dates and no owner', ['6.1.3']],
  ['Die Brandmelder im Serverraum wurden seit zwei Jahren nicht geprüft', ['A.7.5', 'A.7.13']],
  ['Il n’y a pas de registre des actifs à jour', ['A.5.9']],
  ['Un empleado guardaba las contraseñas en una nota adhesiva', ['A.5.17']],
  ['An emergency change was deployed without approval or rollback plan', ['A.8.32']],
];

describe('the requirement of a finding', () => {
  it('is among the three that are suggested, in 17 of 20', () => {
    const missed = findings.filter(
      ([text, right]) => !suggestRequirements(lexicon, text, []).some(({ id }) => right.includes(id)),
    );

    expect(findings.length - missed.length, missed.map(([text]) => text).join('; ')).toBeGreaterThanOrEqual(
      17,
    );
  });

  it('comes with our own best section, and says why', () => {
    const policies = [
      { reference: 'POL-07', section: '3.2', title: 'Leavers', score: 0.6 },
      { reference: 'POL-02', section: '1', title: 'Purpose', score: 0.2 },
    ];

    const suggested = suggestRequirements(
      lexicon,
      'Three people who left in spring still have live accounts',
      policies,
    );

    expect(suggested.map(({ id }) => id)).toEqual(expect.arrayContaining(['A.5.16', 'POL-07 3.2']));
    expect(suggested.length).toBeLessThanOrEqual(3);
    expect(suggested.find(({ id }) => id === 'A.5.16')?.why).toContain('live account');
  });

  it('is not guessed where nothing speaks for any', () => {
    expect(suggestRequirements(lexicon, 'hm, well', [])).toEqual([]);
    expect(suggestRequirements(lexicon, '', [])).toEqual([]);
  });
});
