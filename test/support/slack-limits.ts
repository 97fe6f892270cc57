/** Block Kit as Slack documents it, written apart from the door's own limits: what Slack would refuse is named. */

type Json = Record<string, unknown>;

const interactive = [
  'button',
  'static_select',
  'multi_static_select',
  'radio_buttons',
  'checkboxes',
  'datepicker',
  'feedback_buttons',
];
const inSurface: Record<string, string[]> = {
  message: [
    'section',
    'rich_text',
    'context',
    'actions',
    'context_actions',
    'divider',
    'header',
    'image',
    'table',
    'markdown',
  ],
  home: ['section', 'rich_text', 'context', 'actions', 'divider', 'header', 'image', 'input'],
  modal: ['section', 'rich_text', 'context', 'actions', 'divider', 'header', 'image', 'input'],
};

/** @returns what is wrong, empty where Slack would take it */
export function wrongInBlocks(blocks: unknown, surface: 'message' | 'home' | 'modal'): string[] {
  const wrong: string[] = [];
  if (!Array.isArray(blocks)) return ['blocks is no list'];
  if (blocks.length > (surface === 'message' ? 50 : 100)) wrong.push(`${blocks.length} blocks`);
  const ids = blocks.map((block: Json) => block.block_id).filter((id) => id !== undefined);
  if (new Set(ids).size !== ids.length) wrong.push('a block_id twice');
  if (blocks.filter((block: Json) => block.type === 'table').length > 1) wrong.push('two tables');
  for (const block of blocks as Json[]) {
    if (inSurface[surface]?.includes(String(block.type)) !== true)
      wrong.push(`${String(block.type)} in a ${surface}`);
    if (block.block_id !== undefined && !within(block.block_id, 1, 255)) wrong.push('block_id');
    wrong.push(...wrongInBlock(block).map((problem) => `${String(block.type)}: ${problem}`));
  }
  if (surface === 'message' && wordsOf(blocks).length > 13_000) wrong.push('msg_blocks_too_long');
  const others = withoutMessageLinks(blocks);
  const loose = others.match(/"type":"(mrkdwn|link|user|usergroup|channel|broadcast|emoji)"/);
  if (loose !== null) wrong.push(`${loose[1]}, which Slack parses or pings`);
  if (/"url":|"image_url":|"emoji":true/.test(others)) wrong.push('a link, a foreign image or emoji codes');
  return wrong;
}

/** The one kind of link that may stand in a message: to another message, under the same word always. */
function isMessageLink(element: unknown): boolean {
  const { type, url, text, ...rest } = element as Json;
  const [path, query = ''] = String(url).split('?');
  return (
    type === 'link' &&
    text === 'message' &&
    Object.keys(rest).length === 0 &&
    /^https:\/\/(slack\.com\/archives\/[A-Z0-9]+\/p\d+|teams\.microsoft\.com\/l\/message\/[\w%-][\w%.-]*\/\d+)$/.test(
      path ?? '',
    ) &&
    /^[\w%.=&-]*$/.test(query) &&
    String(url).length <= 3_000
  );
}

function withoutMessageLinks(blocks: unknown): string {
  return JSON.stringify(blocks, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && isMessageLink(value) ? {} : value,
  );
}

export function wrongInView(view: Json): string[] {
  const wrong = wrongInBlocks(view.blocks, view.type === 'home' ? 'home' : 'modal');
  if (view.type === 'modal') {
    for (const name of ['title', 'submit', 'close'])
      if (view[name] !== undefined || name === 'title')
        wrong.push(...wrongText(view[name], 24).map((each) => `${name}: ${each}`));
    if (view.submit === undefined && (view.blocks as Json[]).some((block) => block.type === 'input'))
      wrong.push('no submit');
  }
  if (view.private_metadata !== undefined && !within(view.private_metadata, 0, 3_000))
    wrong.push('private_metadata');
  if (view.callback_id !== undefined && !within(view.callback_id, 1, 255)) wrong.push('callback_id');
  return wrong;
}

function wrongInBlock(block: Json): string[] {
  const elements = (block.elements ?? []) as Json[];
  switch (block.type) {
    case 'section': {
      const fields = block.fields as Json[] | undefined;
      if (block.text === undefined && fields === undefined) return ['neither text nor fields'];
      return [
        ...(block.text === undefined ? [] : wrongText(block.text, 3_000)),
        ...(fields === undefined
          ? []
          : fields.length < 1 || fields.length > 10
            ? [`${fields.length} fields`]
            : []),
        ...(fields ?? []).flatMap((field) => wrongText(field, 2_000)),
        ...(block.accessory === undefined ? [] : wrongInElement(block.accessory as Json)),
      ];
    }
    case 'context':
      return [
        ...(elements.length < 1 || elements.length > 10 ? [`${elements.length} elements`] : []),
        ...elements.flatMap((element) => wrongText(element, 2_000)),
      ];
    case 'actions': {
      const actions = elements.map((element) => element.action_id);
      return [
        ...(elements.length < 1 || elements.length > 25 ? [`${elements.length} elements`] : []),
        ...(new Set(actions).size === actions.length ? [] : ['an action_id twice']),
        ...elements.flatMap(wrongInElement),
      ];
    }
    case 'context_actions':
      return [
        ...(elements.length < 1 || elements.length > 5 ? ['elements'] : []),
        ...elements.flatMap(wrongInElement),
      ];
    case 'rich_text':
      return elements.length === 0 ? ['empty'] : elements.flatMap(wrongInRichText);
    case 'image':
      return [
        ...(within(block.alt_text, 1, 2_000) ? [] : ['alt_text']),
        ...(typeof (block.slack_file as Json | undefined)?.id === 'string' ? [] : ['no slack_file']),
      ];
    case 'table':
      return wrongInTable(block.rows as Json[][], block.column_settings as unknown[] | undefined);
    case 'input':
      return [
        ...wrongText(block.label, 2_000),
        ...(block.hint === undefined ? [] : wrongText(block.hint, 2_000)),
        ...wrongInElement(block.element as Json),
      ];
    default:
      return [];
  }
}

function wrongInTable(rows: Json[][], settings: unknown[] = []): string[] {
  const widths = new Set(rows.map((row) => row.length));
  const cells = rows.flat();
  return [
    ...(rows.length < 1 || rows.length > 100 ? [`${rows.length} rows`] : []),
    ...(widths.size > 1 ? ['rows of different length'] : []),
    ...([...widths].some((width) => width < 1 || width > 20) || settings.length > 20 ? ['columns'] : []),
    ...cells.flatMap((cell) => (cell.type === 'raw_text' && within(cell.text, 1, 10_000) ? [] : ['a cell'])),
    ...(cells.reduce((sum, cell) => sum + String(cell.text).length, 0) > 10_000
      ? ['too many characters']
      : []),
  ];
}

function wrongInRichText(part: Json): string[] {
  const elements = part.elements as Json[];
  return [
    ...(['rich_text_section', 'rich_text_quote'].includes(String(part.type)) ? [] : [String(part.type)]),
    ...(elements.length === 0 ? ['an empty part'] : []),
    ...elements.flatMap((element) =>
      (element.type === 'text' && within(element.text, 1, 13_000)) || isMessageLink(element)
        ? []
        : ['an element'],
    ),
  ];
}

function wrongInElement(element: Json): string[] {
  const wrong: string[] = [];
  const { type } = element;
  const options = element.options as Json[] | undefined;
  if (element.action_id !== undefined && !within(element.action_id, 1, 255)) wrong.push('action_id');
  if (interactive.includes(String(type)) && element.action_id === undefined) wrong.push('no action_id');
  if (type === 'button') {
    wrong.push(...wrongText(element.text, 75));
    if (!within(element.value, 0, 2_000)) wrong.push('value');
    if (element.style !== undefined && !['primary', 'danger'].includes(element.style as string))
      wrong.push('style');
  }
  if (type === 'feedback_buttons')
    for (const side of [element.positive_button, element.negative_button] as Json[]) {
      wrong.push(...wrongText(side.text, 75));
      if (!within(side.value, 1, 2_000) || !within(side.accessibility_label, 1, 75)) wrong.push('a thumb');
    }
  if (options !== undefined) {
    const most = type === 'radio_buttons' || type === 'checkboxes' ? 10 : 100;
    if (options.length < 1 || options.length > most) wrong.push(`${options.length} options`);
    for (const option of options) {
      wrong.push(...wrongText(option.text, 75));
      if (!within(option.value, 1, 150)) wrong.push('option value');
    }
    if (new Set(options.map((option) => option.value)).size !== options.length) wrong.push('an option twice');
    const initial = [element.initial_option, ...((element.initial_options ?? []) as unknown[])].filter(
      Boolean,
    );
    const known = options.map((option) => JSON.stringify(option));
    if (initial.some((each) => !known.includes(JSON.stringify(each))))
      wrong.push('an initial option that is none');
  }
  if (type === 'plain_text_input') {
    if (element.initial_value !== undefined && !within(element.initial_value, 0, 3_000))
      wrong.push('initial_value');
    if (Number(element.max_length ?? 1) > 3_000) wrong.push('max_length');
  }
  if (
    type === 'datepicker' &&
    element.initial_date !== undefined &&
    !/^\d{4}-\d\d-\d\d$/.test(element.initial_date as string)
  )
    wrong.push('initial_date');
  if (
    type === 'number_input' &&
    element.initial_value !== undefined &&
    Number.isNaN(Number(element.initial_value))
  )
    wrong.push('initial_value');
  return wrong;
}

function wrongText(text: unknown, most: number): string[] {
  if (typeof text !== 'object' || text === null) return ['no text object'];
  const { type, text: words } = text as Json;
  return type === 'plain_text' && within(words, 1, most)
    ? []
    : [`text of ${String(words).length} characters (${String(type)})`];
}

function within(value: unknown, least: number, most: number): boolean {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

/** Every word that a person sees, in order. */
export function wordsOf(blocks: unknown): string {
  if (Array.isArray(blocks)) return blocks.map(wordsOf).filter(Boolean).join('\n');
  if (typeof blocks !== 'object' || blocks === null) return '';
  const { text, ...rest } = blocks as Json;
  const own = typeof text === 'string' ? text : wordsOf(text);
  return [own, ...Object.values(rest).map(wordsOf)].filter(Boolean).join('\n');
}
