/** Who is no colleague is told nothing in Teams, by whatever way they come; of a further tenant the sign-in name alone counts. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { turnedAway } from '../../../src/conversation/admit.ts';
import { letAuditorIn } from '../../../src/isms/person/auditor-access.ts';
import { bindIdentity } from '../../../src/records/identity-admin.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import { phonePolicy } from '../../support/phone-policy.ts';
import {
  chatOf,
  memberOf,
  personOf,
  startTeams,
  tenant,
  type TeamsService,
} from '../../support/teams-service.ts';

const erin = personOf('erin@test.example', 'Erin Employee');
const ines = personOf('ines@test.example', 'Ines Isms');
const further = '99999999-2222-3333-4444-555555555555';
const question = 'When do I report a lost phone?';

describeOnDatabases('somebody in Teams', (test) => {
  let teams: TeamsService;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', phonePolicy());
    teams = await startTeams({ db: test.db, mode: { allowedTenants: [tenant, further] } });
  });
  afterEach(() => teams.stop());

  const bound = async () =>
    (await test.db.query('select tenant, email, roles from identity join person on person.id = person_id'))
      .rows;
  async function ask(person: typeof ines, member: Record<string, unknown>, parts = {}): Promise<string> {
    teams.connector.members.set(person.id, { ...memberOf(person), ...member });
    await teams.post(teams.activity(person, { text: question, ...parts }));
    await teams.quiet();
    return teams.connector.shown(chatOf(person)).at(-1)?.activity.text ?? '';
  }

  it.each([
    ['who is a guest', { userRole: 'guest' }],
    ['who is anonymous', { userRole: 'anonymous' }],
    ['whose name is of another directory', { userPrincipalName: 'ines_other.example#EXT#@test.example' }],
    ['of a tenant that is not listed', { tenantId: 'aaaaaaaa-2222-3333-4444-555555555555' }],
  ])('%s is told that and nothing else, and no record is made', async (_who, member) => {
    expect(await ask(ines, member)).toContain(turnedAway);
    expect(await bound()).toEqual([]);
    expect((await test.db.query('select from answer')).rows).toEqual([]);
  });

  it('who is an auditor that was let in and whose account was bound, is answered until their last day, and then told nothing more', async () => {
    const guest = { userRole: 'guest' };
    const pat = { email: 'pat@kestrel.example', name: 'Pat Plover', until: '2026-12-31' };
    await test.db.transaction((tx) => letAuditorIn(tx, pat, 'test', new Date('2026-11-24T09:00:00Z')));
    const before = await ask(ines, guest);
    const account = { platform: 'teams', tenant, user: ines.aadObjectId };
    await test.db.transaction((tx) => bindIdentity(tx, pat.email, account, 'test', new Date()));
    const during = await ask(ines, guest);
    await test.db.query("update person set reads_until = '2026-01-01' where email = $1", [pat.email]);
    const over = await ask(ines, guest);

    expect(before).toContain(turnedAway);
    expect(during).not.toContain(turnedAway);
    expect(over).toContain(turnedAway);
  });

  it('who is a guest by now is shown no form and no newer state of a card that they were sent before', async () => {
    await ask(erin, {}, { text: '', value: { isma: { press: 'corrective-actions.raise' } } });
    const card = teams.connector.shown(chatOf(erin)).at(-1);
    const open = async () => {
      const parts = { replyToId: card?.id };
      const answers = [
        await teams.invoke(erin, 'task/fetch', { data: { isma: { form: true } } }, parts),
        await teams.invoke(
          erin,
          'adaptiveCard/action',
          { action: { verb: 'isma.refresh', data: { isma: {} } } },
          parts,
        ),
      ];
      return answers.map(({ body }) => /What was seen|Open the form/.test(JSON.stringify(body)));
    };
    const before = await open();
    await test.db.query('update identity set outside_since = now()');
    teams.connector.script((call) => (call.kind === 'member' ? { status: 503 } : null));

    expect(before).toEqual([true, true]);
    expect(await open()).toEqual([false, false]);
  });

  it('of a further tenant is who they sign in as, and not whom their directory calls by an address', async () => {
    const elsewhere = {
      conversation: { id: chatOf(ines), conversationType: 'personal', tenantId: further },
      channelData: { tenant: { id: further } },
    };
    await ask(ines, { tenantId: further, userPrincipalName: 'mallory@further.example' }, elsewhere);
    const mallory = await bound();
    await ask(
      personOf('ines2', 'Ines'),
      { tenantId: further, email: null, userPrincipalName: 'INES@test.example' },
      {
        ...elsewhere,
        conversation: { ...elsewhere.conversation, id: 'a:chat-29:ines2' },
      },
    );

    expect(mallory).toEqual([{ tenant: further, email: 'mallory@further.example', roles: ['employee'] }]);
    expect(await bound()).toContainEqual({
      tenant: further,
      email: 'ines@test.example',
      roles: ['employee', 'isms_manager'],
    });
  });
});
