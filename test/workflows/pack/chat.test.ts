/** The auditor's pack in chat: who takes what, what an auditor is given, and what the log says of it. */
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { sha256Of } from '../../../src/files/store.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hugo, ines, paula] = ['erin', 'hugo', 'ines', 'paula'].map((name) => `${name}@test.example`) as [
  string,
  string,
  string,
  string,
];

describeOnDatabases("The auditor's pack in chat", (test) => {
  let isma: Harness;
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query("insert into person (name, email, roles) values ('Paula Plover', $1, '{auditor}')", [paula]);
    isma = await startHarness({ db: test.db });
  });
  afterEach(() => isma.stop());

  const own = (said: Said[], email: string) => said.filter(({ address }) => address.endsWith(email)).at(-1)?.reply;
  const choose = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'pack.send-choose', { names: 'kept', up_to: 'internal', scores: 'no', self: 'no', whom: 'me', ...fields });
  const entries = async () => (await test.db.query("select actor, action, payload::jsonb -> 'detail' as detail from audit_entry where record like 'pack%' order by seq")).rows;
  const idOf = async (email: string) => String((await test.db.query('select id from person where email = $1', [email])).rows[0]?.id);
  const opened = async (said: ReturnType<typeof own>) => {
    const bytes = await readOutgoingFile(test.db, said?.files[0]?.id ?? '');
    return { bytes: bytes ?? new Uint8Array(), files: Object.fromEntries(Object.entries(unzipSync(bytes ?? new Uint8Array())).map(([name, content]) => [name, Buffer.from(content).toString()])) };
  };

  it('is made for the ISMS manager as they choose, and the log has its hash and what was chosen', async () => {
    const offer = own(await isma.say(ines, "the auditor's pack"), ines);
    const form = own(await isma.press(ines, offer?.buttons[0]?.id ?? ''), ines)?.form;
    const said = own(await choose(ines, { scores: 'yes' }), ines);

    expect(form?.fields.map(({ name }) => name)).toEqual(['names', 'up_to', 'scores', 'self', 'whom']);
    expect(form?.fields.at(-1)?.options.map(({ label }) => label)).toEqual(['For me, now', 'Paula Plover, whenever they ask']);
    expect(said?.files).toMatchObject([{ name: 'auditors-pack-2026-11-24.zip' }]);
    const { bytes, files } = await opened(said);
    expect(said?.facts).toEqual([
      { label: 'SHA-256 of the file', value: sha256Of(bytes) },
      { label: 'SHA-256 of its SHA256SUMS', value: sha256Of(Buffer.from(files.SHA256SUMS ?? '')) },
    ]);
    expect(files['README.txt']).toContain('by Ines Isms, with Isma');
    expect(files['registers/phishing.csv']).toBeDefined();
    expect(await entries()).toEqual([
      { actor: `person:${await idOf(ines)}`, action: 'pack.taken', detail: { names: 'kept', scores: true, selfAssessments: false, upTo: 'internal', sha256: sha256Of(bytes), sums: sha256Of(Buffer.from(files.SHA256SUMS ?? '')), bytes: bytes.length, files: Object.keys(files).length, withheld: expect.any(Number) as number } },
    ]);
  });

  it('is given to an auditor only as the ISMS manager chose it for them, and as long as it is', async () => {
    const early = own(await isma.say(paula, 'auditor pack'), paula);
    const forged = own(await choose(paula), paula);
    const taken = own(await isma.press(paula, 'pack.take'), paula);
    const told = await choose(ines, { whom: await idOf(paula), names: 'replaced' });
    const offered = own(await isma.say(paula, 'auditor pack'), paula);
    const pack = own(await isma.press(paula, 'pack.take'), paula);
    await isma.press(ines, own(told, ines)?.buttons[0]?.id ?? '');
    const late = own(await isma.press(paula, 'pack.take'), paula);

    expect(early?.text).toBe('Nothing is ready for you yet. Ines Isms chooses what you may take; ask them.');
    for (const refused of [forged, taken, late]) expect(refused).toMatchObject({ notice: 'refused', files: [] });
    expect(own(told, paula)?.text).toContain('Ines Isms has made the auditor’s pack ready for you');
    expect(offered?.text).toBe('Ines Isms chose this for you on 24 November 2026.');
    const { files } = await opened(pack);
    expect(files['README.txt']).toContain(`by Person ${await idOf(paula)}, with Isma`);
    expect((await entries()).map(({ action }) => action)).toEqual(['pack.chosen', 'pack.taken', 'pack.withdrawn']);
  });

  it('is for nobody else, in a channel for nobody to see, and chosen for no one who is no auditor', async () => {
    const asked = own(await isma.say(erin, "auditor's pack"), erin);
    const pressed = own(await choose(hugo), hugo);
    const channel = await isma.say(ines, 'audit pack', { channel: 'general' });
    const colleague = own(await choose(ines, { whom: await idOf(hugo) }), ines);

    expect(asked?.text).toContain("The auditor's pack is made by the ISMS manager and admins");
    expect(pressed).toMatchObject({ notice: 'refused', files: [] });
    expect(new Map(channel.map(({ address, reply }) => [address, reply.buttons.length]))).toEqual(new Map([['test:dm:ines@test.example', 1], ['test:channel:general', 0]]));
    expect(colleague?.form?.fields.at(-1)?.error).toContain('is not one of the choices');
    expect(await entries()).toEqual([]);
  });

  it('is asked for in four languages', async () => {
    for (const said of ['export the audit pack', 'Auditpaket', "dossier d'audit", 'el paquete de auditoría'])
      expect([said, own(await isma.say(ines, said), ines)?.buttons[0]?.label]).toEqual([said, 'Choose and make it']);
  });
}); // prettier-ignore
