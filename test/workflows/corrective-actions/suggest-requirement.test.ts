/** Which requirement a finding is about: the right one where it is plain, several to choose from where it is not, none by chance. */
import { describe, expect, it } from 'vitest';
import { requirementsIn } from '../../../src/records/requirement.ts';
import { suggestRequirements } from '../../../src/workflows/corrective-actions/raise/suggest-requirement.ts';
import { lexicon } from '../../support/shared.ts';

const findings: [string, string[]][] = [
  ['Leavers keep VPN access for weeks after their last day', ['A.5.18', 'A.5.16', 'A.6.5']],
  ['Two corrective actions were closed without evidence of a root cause analysis', ['10.2']],
  ['Three people who left in spring still have live accounts', ['A.5.16', 'A.5.18']],
  ['Nobody has tested a restore of the payroll database since May', ['A.8.13']],
  ['Visitors walked through the office without badge or escort', ['A.7.2']],
  ['The admin portal can be used without multi-factor sign-in', ['A.8.5']],
  ['The management review was not held last year', ['9.3', '9.3.1']],
  ['The internal audit of HR was done by somebody from HR', ['9.2.2']],
  ['Two web servers miss security patches that are four months old', ['A.8.8']],
  ['Contracts with our hosting supplier say nothing about security', ['A.5.20', 'A.5.23']],
  ['Old laptops were sold without wiping their disks', ['A.7.14', 'A.8.10']],
  ['Five new colleagues have not done the awareness training', ['A.6.3', '7.3']],
  ['Real customer data is used in the test system', ['A.8.33']],
  ['The guest wifi can reach the production network', ['A.8.22']],
  ['Developers merge to main without a code review', ['A.8.28', 'A.8.25']],
  ['Logs of the file server are overwritten after three days', ['A.8.15']],
  ['Confidential papers were lying on desks in the evening', ['A.7.7']],
  ['The risk treatment plan has no dates and no owner', ['6.1.3', '8.3']],
  ['Die Brandmelder im Serverraum wurden seit zwei Jahren nicht geprüft', ['A.7.5', 'A.7.13']],
  ['Il n’y a pas de registre des actifs à jour', ['A.5.9']],
  ['Un empleado guardaba las contraseñas en una nota adhesiva', ['A.5.17']],
  ['An emergency change was deployed without approval or rollback plan', ['A.8.32']],
  ['Two database administrators share the account dba_prod', ['A.5.16', 'A.8.2']],
  ['Cardboard boxes that burn easily stood in the server room', ['A.7.5', 'A.7.8']],
  ['Im Serverraum standen brennbare Kartons', ['A.7.5', 'A.7.8']],
  ['The badge reader at the loading bay is broken', ['A.7.2', 'A.7.13']],
  ['Internal audits are not planned by the importance of the processes', ['9.2.2']],
  ['The scope statement does not mention the Lyon site', ['4.3']],
  ['Nobody from top management took part in the management review', ['9.3', '9.3.1', '5.1']],
  ['The backup procedure carries no version and no approval', ['7.5.2', 'A.5.37']],
  ['The risk assessment was not repeated after the move to the new data centre', ['8.2']],
  ['The objectives for this year cannot be measured', ['6.2']],
  ['The new security engineer has no proof of the training that the role needs', ['7.2']],
  ['The clocks of the branch routers are eleven minutes apart', ['A.8.17']],
  ['The supplier that runs payroll was never assessed', ['A.5.19', 'A.5.22', 'A.5.20']],
  ['An old version of the travel policy hangs in the kitchen', ['7.5.3']],
  ['USB sticks with customer data are carried home unencrypted', ['A.7.10', 'A.8.24']],
  ['There is no list of laws and contracts that we have to follow', ['A.5.31']],
  ['Interns get domain admin rights for convenience', ['A.8.2', 'A.5.15', 'A.5.18']],
  ['Nobody reads the alerts of the firewall', ['A.8.16']],
  ['The virus scanner was switched off on six laptops', ['A.8.7']],
  ['No reference was checked before the new accountant began', ['A.6.1']],
  ['The contract of the freelancer has no confidentiality clause', ['A.6.6', 'A.6.2']],
  ['The emergency generator failed in the last power cut', ['A.7.11', 'A.7.13']],
  ['Screens stay unlocked over lunch in the call centre', ['A.7.7', 'A.8.1']],
  ['API keys stand in the source code repository', ['A.5.17', 'A.8.28', 'A.8.4']],
  ['Disk space of the mail server ran out on Friday', ['A.8.6']],
  ['Access rights of the sales team were not reviewed in 2026', ['A.5.18']],
  ['The statement of applicability leaves out A.8.23 without a reason', ['A.8.23', '6.1.3']],
  ['An incident of March was never analysed for what we can learn', ['A.5.27']],
  ['Home office workers print contracts on private printers', ['A.6.7']],
  ['A former contractor still has a key to the archive', ['A.6.5', 'A.5.11', 'A.7.2']],
  ['Interested parties were last looked at in 2023', ['4.2']],
  ['Nobody knows who is to be told when the website is hacked', ['A.5.24', 'A.5.5', '7.4']],
  ["The cloud provider's security report was not looked at", ['A.5.22', 'A.5.23', 'A.5.21']],
  ['The patch level of the firewall was not checked for a year', ['A.8.8', 'A.8.20']],
  ['Employees install software on their laptops without asking', ['A.8.19']],
  ['A backup tape got lost on its way to the vault', ['A.7.10', 'A.8.13']],
  ['The policy on cryptography was never approved', ['5.2', '7.5.2', 'A.5.1', 'A.8.24']],
  ['Two of ten sampled changes had no test record', ['A.8.32', 'A.8.29']],
  ['The asset list misses all cloud servers', ['A.5.9']],
  ['The emergency contact list of authorities is from 2021', ['A.5.5']],
  ['Minutes of the management review contain no decisions', ['9.3.3']],
  ['Nobody measures whether the awareness campaign works', ['9.1', '7.3']],
  ['Die Zutrittskarten von Ausgeschiedenen wurden nicht eingezogen', ['A.5.11', 'A.6.5', 'A.7.2']],
  ['Les journaux d’accès ne sont jamais consultés', ['A.8.15', 'A.8.16']],
  ['Los portátiles no están cifrados', ['A.8.24', 'A.8.1']],
  ['The CCTV in the warehouse has been off since summer', ['A.7.4']],
  ['Customer files older than ten years are still on the share', ['A.8.10', 'A.5.33']],
  ['The disaster recovery plan was never exercised', ['A.5.30', 'A.5.29']],
  ['Passwords are shared in the team chat', ['A.5.17']],
];

const talk = [
  'The lift was out of order',
  'I think the coffee machine leaks',
  'The team was nice and the meeting took two hours',
  'Some things are not as they should be',
  'The report has a typo on page four',
  'The canteen menu is late',
  'The auditor was friendly and had many questions',
];

const suggest = (text: string) => suggestRequirements(lexicon, text, []);

describe('the requirement of a finding', () => {
  it('is named for more than half of them, and right in nine of ten of those', () => {
    const named = findings.flatMap(([text, right]) => {
      const { likely } = suggest(text);
      return likely === null ? [] : [{ text, id: likely.id, isRight: right.includes(likely.id) }];
    });

    const wrong = named.filter(({ isRight }) => !isRight);
    expect(named.length).toBeGreaterThan(findings.length / 2);
    expect(wrong.length / named.length, JSON.stringify(wrong)).toBeLessThanOrEqual(0.1);
  });

  it('is named or among those to choose from, in five of six', () => {
    const missed = findings.filter(([text, right]) => {
      const { likely, others } = suggest(text);
      return ![likely, ...others].some((each) => each !== null && right.includes(each.id));
    });

    expect(missed.length, missed.map(([text]) => text).join('; ')).toBeLessThanOrEqual(findings.length / 6);
  });

  it.each(talk)('is not guessed from words that share one by chance: %s', (text) => {
    expect(suggest(text).likely).toBeNull();
  });

  it('is the part of a clause that the words speak of, and not the whole of it', () => {
    expect(suggest('Internal audits are not planned by the importance of the processes').likely?.id).toBe(
      '9.2.2',
    );
  });

  it('is asked for where a clause and a control are as likely: the best of each comes first', () => {
    const { likely, others } = suggest('Nobody measures whether the awareness campaign works');

    expect(likely).toBeNull();
    expect(others.map(({ id }) => id).slice(0, 2)).toEqual(['7.3', 'A.6.3']);
  });

  it('comes with our own best section, and says why', () => {
    const policies = [
      { reference: 'POL-07', section: '3.2', title: 'Leavers', score: 0.6 },
      { reference: 'POL-02', section: '1', title: 'Purpose', score: 0.2 },
    ];

    const { likely, others } = suggestRequirements(
      lexicon,
      'Three people who left in spring still have live accounts',
      policies,
    );

    expect(likely).toMatchObject({ id: 'A.5.16', why: 'Speaks of «live account».' });
    expect(others.at(-1)?.id).toBe('POL-07 3.2');
    expect(others.length).toBeLessThanOrEqual(3);
  });

  it('is not guessed where nothing speaks for any', () => {
    for (const text of ['hm, well', '']) expect(suggest(text)).toEqual({ likely: null, others: [] });
  });
});

describe('requirements that a text names', () => {
  it.each([
    ['The supplier register is not kept, against A.5.23', ['A.5.23']],
    ['SoA declares A.8.12 as implemented', ['A.8.12']],
    ['Minor NC on 7.5.3: the procedure carries no version', ['7.5.3']],
    ['Feststellung zu A.8.13: Restores fehlen', ['A.8.13']],
    ['clause 9.2 and control 8.13 are not met', ['9.2', 'A.8.13']],
    ['see A5.18 and Annex A 8.13', ['A.5.18', 'A.8.13']],
    ['against POL-07 3.2', ['POL-07 3.2']],
    ['Abweichung zu 9.2.2, gemäß 7.5.3', ['9.2.2', '7.5.3']],
  ])('are read: %s', (text, expected) => {
    expect(requirementsIn(text)).toEqual(expected);
  });

  it.each([
    'version 9.2 of the tool',
    'since 10.2.2026',
    'Node v7.5.3 is old',
    'TLS 1.2 is used, 5.1 GB',
    'control 12.9',
    'at 8.1 degrees',
  ])('are not any numbers: %s', (text) => {
    expect(requirementsIn(text)).toEqual([]);
  });
});
