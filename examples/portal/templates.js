// Templates: what there is, and "New template from file": a Markdown file becomes a template, or shows every problem.
import { el } from './dom.js';
import { keepTemplate, templateSources } from './library.js';

function problem(file, diagnostic) {
  const { code, severity, span, message, hint, excerpt, caret, related = [] } = diagnostic;
  return el('li', { class: severity },
    el('p', {}, el('strong', { text: `${file}:${span.line}:${span.col}` }), ` ${severity} `, el('code', { text: code }), ` ${message}`),
    el('pre', { text: `${excerpt}\n${' '.repeat(Math.max(0, caret))}${'^'.repeat(Math.max(1, span.endLine === span.line ? span.endCol - span.col : 1))}` }),
    hint ? el('p', { class: 'note', text: hint }) : null, related.map(({ span: at, note }) => el('p', { class: 'note', text: `line ${at.line}: ${note}` })));
}

export async function renderTemplates(portal, main) {
  const result = el('div', { role: 'status', 'aria-live': 'polite' });
  const list = el('ul', { class: 'cards' });
  const input = el('input', { type: 'file', id: 'template-file', accept: '.md,text/markdown,text/plain', hidden: true, onchange: () => void read() });

  async function read() {
    const [file] = input.files;
    if (!file) return;
    const source = await file.text();
    const { template, diagnostics } = await portal.countersign.templates.compile(source, { file: file.name });
    const problems = diagnostics.length ? [el('ul', { class: 'diagnostics' }, diagnostics.map((diagnostic) => problem(file.name, diagnostic)))] : [];
    if (template) {
      const name = file.name.replace(/\.[^.]*$/, '');
      keepTemplate(name, source);
      result.replaceChildren(el('p', { class: 'banner good' }, el('span', { text: `“${template.title}” is a template now.` }), ' ', el('a', { href: `#/new/${encodeURIComponent(name)}`, text: 'Use it' })), ...problems);
      template.close();
      await draw();
    } else {
      const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
      result.replaceChildren(el('p', { class: 'banner bad', text: `${file.name} is not a template yet: ${errors === 1 ? 'one problem' : `${errors} problems`}.` }), ...problems);
    }
    input.value = '';
  }

  async function draw() {
    const cards = [];
    for (const { name, source } of await templateSources()) {
      const { template } = await portal.countersign.templates.compile(source, { file: `${name}.md` });
      if (!template) continue;
      const own = template.fields.filter((field) => !field.role).length;
      cards.push(el('li', {}, el('a', { class: 'card', href: `#/new/${encodeURIComponent(name)}` }, el('strong', { text: template.title }), el('span', { text: `version ${template.version} · ${own} values · ${template.lockedUnits.length} locked clauses · ${template.roles.filter(({ signs }) => signs).map(({ label }) => label).join(', ')}` }))));
      template.close();
    }
    list.replaceChildren(...cards);
  }

  main.replaceChildren(el('div', { class: 'head' }, el('h1', { text: 'Templates' }), el('div', { class: 'acts' }, el('button', { type: 'button', class: 'primary', text: 'New template from file', onclick: () => input.click() }), input)), result, list);
  await draw();
}
