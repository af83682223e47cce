//! What integrations and trading partners agree on: documents and their schemas.

use crate::canonical::Tree;

/// Whether a root element is that of one: `b2bdocument`, `b2bSchema`.
pub(crate) fn is(namespace: &str, root: &str) -> bool {
    namespace.is_empty() && root.to_ascii_lowercase().starts_with("b2b")
}

/// What it is, and its identifier, as its file is called: `b2bdocument_INVOICE810`.
pub(crate) fn name(tree: &Tree) -> Option<String> {
    let kind = tree.root().name().to_ascii_lowercase();
    let identifier = tree.root().child_text("identifier");
    (!identifier.is_empty()).then(|| format!("{kind}_{identifier}"))
}
