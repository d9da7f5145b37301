// Templates and customer records that come with the demo, and templates that people bring as files. Own templates stay in
// this browser; a product keeps them where its authors publish them.
const shipped = ['saas-upgrade', 'telehealth-consent', 'sla-amendment'];
const ownKey = 'countersign-portal-templates';

function own() {
  try {
    return JSON.parse(localStorage.getItem(ownKey) ?? '[]');
  } catch {
    return [];
  }
}

async function text(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path} is not there (${answer.status})`);
  return answer.text();
}

/** [{name, source}] */
export async function templateSources() {
  const built = await Promise.all(shipped.map(async (name) => ({ name, source: await text(`templates/${name}.md`) })));
  return [...built, ...own()];
}

export function keepTemplate(name, source) {
  localStorage.setItem(ownKey, JSON.stringify([...own().filter((entry) => entry.name !== name), { name, source }]));
}

/** [{id, label, shape, record}]: CRM records of two shapes; only a template's `source:` expressions know them. */
export async function customers() {
  return JSON.parse(await text('crm/customers.json'));
}
