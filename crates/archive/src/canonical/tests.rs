use super::*;

fn same(a: &str, b: &str) -> bool {
    let equal = xml_digest(a.as_bytes()).unwrap() == xml_digest(b.as_bytes()).unwrap();
    // The text for readers tells the same story as the digest.
    assert_eq!(
        equal,
        xml_text(a.as_bytes()).unwrap() == xml_text(b.as_bytes()).unwrap(),
        "{a}\n{b}"
    );
    equal
}

#[test]
fn writers_differ_and_the_document_is_the_same() {
    let cases = [
        (
            "<a/>",
            "<?xml version = '1.0' encoding = 'UTF-8'?>\n<a></a>\n",
        ),
        ("<a x='1' y='2'/>", "<a y=\"2\"\n   x=\"1\" />"),
        (
            "<p:a xmlns:p='u'><p:b/></p:a>",
            "<a xmlns='u'> <b/> <!-- c --> <?pi?> </a>",
        ),
        (
            "<a xmlns:p='u' p:x='1'/>",
            "<a xmlns:q='u' xmlns:unused='v' q:x='1'/>",
        ),
        ("<a>x\r\ny</a>", "<a>x\ny</a>"),
        ("<a>x\r<![CDATA[\ny]]></a>", "<a>x\n\ny</a>"),
        ("<a>x&amp;y</a>", "<a>x<![CDATA[&]]>y</a>"),
        ("<a>x&#65;</a>", "<a>xA</a>"),
        ("<a b='&quot;&#x41;'/>", "<a b='\"A'/>"),
        ("<!DOCTYPE a SYSTEM \"http://h/d.dtd\"><a/>", "<a/>"),
        (
            "<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='u v'/>",
            "<a/>",
        ),
        (
            "<a b='file:/u01/x/itg_12/r/c.wsdl'/>",
            "<a b='file:/u02/itg_77/r/c.wsdl'/>",
        ),
    ];
    for (a, b) in cases {
        assert!(same(a, b), "{a}\n{b}");
    }
}

#[test]
fn what_says_something_else_is_not_the_same() {
    let cases = [
        ("<a/>", "<b/>"),
        ("<a xmlns='u'/>", "<a/>"),
        ("<a xmlns='u'/>", "<a xmlns='v'/>"),
        ("<a x='1'/>", "<a x='2'/>"),
        ("<a x='1'/>", "<a y='1'/>"),
        ("<a><b/><c/></a>", "<a><c/><b/></a>"),
        ("<a><b/></a>", "<a><b><c/></b></a>"),
        ("<a>x</a>", "<a>y</a>"),
        ("<a>x<b/></a>", "<a><b/>x</a>"),
        ("<a b='x'/>", "<a>x</a>"),
        ("<a xmlns:p='u' p:x='1'/>", "<a x='1'/>"),
        (
            "<a xml:space='preserve'> </a>",
            "<a xml:space='preserve'>  </a>",
        ),
    ];
    for (a, b) in cases {
        assert!(!same(a, b), "{a}\n{b}");
    }
}

fn sheet(prefixes: &str, body: &str) -> String {
    format!(
        "<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform' {prefixes}><xsl:template match='/' \
         xml:id='id_11'>{body}</xsl:template></xsl:stylesheet>"
    )
}

#[test]
fn a_prefix_means_its_namespace_in_the_expressions_of_a_map() {
    let with = |p: &str, q: &str| {
        sheet(
            &format!("xmlns:{p}='urn:p' xmlns:{q}='urn:q' exclude-result-prefixes='{p} xsl'"),
            &format!(
                "<{q}:r><xsl:value-of select=\"{q}:f(/{p}:a/@{p}:b, child::{p}:c, 'lit:x') + $v\"/><x y='{{{p}:z}}'/></{q}:r>"
            ),
        )
    };
    assert!(same(&with("p", "q"), &with("ns12", "q2")));
    // The same prefixes, bound the other way round, are another map.
    assert!(!same(
        &with("p", "q"),
        &with("p", "q")
            .replace("urn:p", "urn:x")
            .replace("urn:q", "urn:p")
    ));
    // What stands in quotes is text, whatever is bound.
    let text = |p: &str| {
        sheet(
            &format!("xmlns:{p}='urn:p'"),
            "<xsl:value-of select=\"'p:a'\"/>",
        )
    };
    assert!(same(&text("p"), &text("other")));
    assert!(!same(
        &sheet("", "<xsl:value-of select='concat(a, b)'/>"),
        &sheet("", "<xsl:value-of select='concat(a, c)'/>")
    ));
}

#[test]
fn the_ids_of_the_mapper_and_its_numbered_folders_say_nothing() {
    let mapper = |id: u32, folder: u32, file: &str| {
        sheet(
            "xmlns:m='http://www.oracle.com/xsl/mapper/schemas'",
            &format!("<m:schema xml:id='id_{id}' location='../../application_{folder}/{file}'/>"),
        )
    };
    assert!(same(&mapper(1, 5, "a.wsdl"), &mapper(7, 9, "a.wsdl")));
    assert!(!same(&mapper(1, 5, "a.wsdl"), &mapper(1, 5, "b.wsdl")));
    // Whitespace in `xsl:text` is what the map writes.
    assert!(!same(
        &sheet("", "<xsl:text> </xsl:text>"),
        &sheet("", "<xsl:text>  </xsl:text>")
    ));
}

#[test]
fn a_prefix_means_its_namespace_in_the_types_of_a_schema() {
    let a = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t'><xs:element name='e' type='xs:string'/><xs:element ref='t:f'/></xs:schema>";
    let b = "<schema xmlns='http://www.w3.org/2001/XMLSchema' xmlns:u='urn:t'><element type='string' name='e'/><element ref='u:f'/></schema>";
    assert!(same(a, b));
    assert!(!same(a, &a.replace("'t:f'", "'t:g'")));
    assert!(!same(a, &a.replace("'xs:string'", "'t:string'")));
}

#[test]
fn the_text_form_is_a_document_of_the_same_meaning() {
    let a = sheet(
        "xmlns:p='urn:p'",
        "<p:r><xsl:value-of select='/p:a &lt; 1'/>&amp;</p:r>",
    );
    let text = xml_text(a.as_bytes()).unwrap();
    assert!(same(&a, &text), "{text}");
    assert!(
        text.contains("<n2:r>") && text.contains("select=\"/n2:a &lt; 1\""),
        "{text}"
    );
}

#[test]
fn nothing_is_expanded_and_nothing_goes_too_deep() {
    let deep = "<a>".repeat(300) + &"</a>".repeat(300);
    let many = format!(
        "<a {}/>",
        (0..5000)
            .map(|n| format!("a{n}=''"))
            .collect::<Vec<_>>()
            .join(" ")
    );
    let bound = format!(
        "<a {}/>",
        (0..5000)
            .map(|n| format!("xmlns:a{n}='u{n}'"))
            .collect::<Vec<_>>()
            .join(" ")
    );
    let cases = [
        (
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "internal subset",
        ),
        ("<!DOCTYPE a SYSTEM \"d\" []><a/>", "internal subset"),
        ("<a>&x;</a>", "entity"),
        ("<a b='&x;'/>", "entity"),
        ("<a>&#1;</a>", "entity"),
        ("<a>\u{1}</a>", "UTF-8"),
        (deep.as_str(), "256 nested elements"),
        (many.as_str(), "4096 attributes"),
        (bound.as_str(), "4096 prefixes"),
        ("<p:a/>", "declared nowhere"),
        ("<a b='1' b='2'/>", "twice"),
        ("<a b=1/>", "quotes"),
        ("<a b/>", "quotes"),
        ("<a>", "ends inside"),
        ("<a/><b/>", "one root"),
        ("<a/>x", "one root"),
        ("x<a/>", "before the root"),
        ("", "one root"),
        ("<a></b>", "well-formed"),
        ("<a></ab>", "well-formed"),
        ("<a></a", "well-formed"),
        ("</a>", "well-formed"),
        ("< a/>", "without a name"),
        ("<a/", "quotes"),
        ("<a b='1/>", "quotes"),
        ("<a b><c='1'/></a>", "quotes"),
        ("<a>&lt</a>", "entity"),
        ("<a>&</a>", "entity"),
        ("<!-- <a/>", "without an end"),
        ("<a><![CDATA[</a>", "without an end"),
        ("<?x <a/>", "without an end"),
        ("<a><!b></a>", "declaration"),
    ];
    for (text, word) in cases {
        let error = xml_digest(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(word), "{text:.60}: {error}");
    }
}

#[test]
fn a_tree_knows_its_children_and_texts() {
    let tree =
        Tree::read(b"<p:a xmlns:p='u' y='2' x='1'> t <b>one</b><c><d/></c><b>two</b> u</p:a>")
            .unwrap();
    let root = tree.root();
    assert_eq!((root.name(), root.text()), ("{u}a", "t  u"));
    assert_eq!(
        root.attributes().collect::<Vec<_>>(),
        [("x", "1"), ("y", "2")]
    );
    assert_eq!(
        root.children()
            .map(|child| child.name())
            .collect::<Vec<_>>(),
        ["b", "c", "b"]
    );
    assert_eq!(
        root.all("b").map(|child| child.text()).collect::<Vec<_>>(),
        ["one", "two"]
    );
    assert!(root.child("d").is_none() && root.child("c").unwrap().child("d").is_some());
}

#[test]
fn comments_instructions_and_sections_hold_what_is_no_tag() {
    let plain = "<a b='&lt;'>x &lt;b> &amp; y<c/></a>";
    let odd = "<?xml version='1.0'?>\n<!DOCTYPE a PUBLIC 'p' 'u'>\n<!-- <b> -- ' --><a\n b = \"<\" >x <![CDATA[<b> &]]><!---->\
        <?p <c> ?>&#32;y<c\t></c\n></a >\n<!-- > -->";
    assert!(same(plain, odd));
    assert!(!same(plain, &odd.replace("<c\t></c\n>", "<c\t> z</c\n>")));
}
