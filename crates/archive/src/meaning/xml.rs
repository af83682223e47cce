//! What the readers of XML artifacts share.

use super::node::Node;
use crate::canonical::Element;

/// An element with all that is in it as one text: what the rules do not look into.
pub(super) fn whole(element: Element<'_>) -> String {
    let mut text = String::new();
    write(element, &mut text);
    text
}

fn write(element: Element<'_>, text: &mut String) {
    text.push('<');
    text.push_str(element.name());
    for (name, value) in element.attributes() {
        text.push_str(&format!(" {name}={value:?}"));
    }
    text.push('>');
    text.push_str(element.text());
    for child in element.children() {
        write(child, text);
    }
    text.push_str("</>");
}

/// Whether there is nothing in an element.
pub(super) fn is_empty(element: Element<'_>) -> bool {
    element.text().is_empty()
        && element.attributes().next().is_none()
        && element.children().all(is_empty)
}

/// An element that the rules do not know, under the place where it stands.
pub(super) fn unknown(section: &mut Node, place: &str, element: Element<'_>) {
    if is_empty(element) {
        return;
    }
    let key = if place.is_empty() {
        element.name().to_owned()
    } else {
        format!("{place} › {}", element.name())
    };
    let simple = element.attributes().next().is_none() && element.children().next().is_none();
    if simple {
        section.tell(key, element.text());
    } else {
        section.tell(key, &whole(element));
    }
}

/// Every text in an element by the way to it: `recurrence › interval`.
pub(super) fn flatten(node: &mut Node, place: &str, element: Element<'_>) {
    let key = if place.is_empty() {
        element.name().to_owned()
    } else {
        format!("{place} › {}", element.name())
    };
    for (name, value) in element.attributes() {
        node.say(format!("{key} {name}"), value);
    }
    node.say(key.clone(), element.text());
    for child in element.children() {
        flatten(node, &key, child);
    }
}
