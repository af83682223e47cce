//! WSDL of an endpoint.

use super::description::Schema;
use super::noise::Noise;
use super::xml::{Bound, Element, document};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";

const WORDS: [&str; 48] = [
    "Account",
    "Address",
    "Amount",
    "Balance",
    "Batch",
    "Billing",
    "Branch",
    "Carrier",
    "Charge",
    "Code",
    "Contact",
    "Contract",
    "Cost",
    "Country",
    "Currency",
    "Customer",
    "Date",
    "Delivery",
    "Discount",
    "Document",
    "Effective",
    "Employee",
    "Event",
    "Header",
    "Invoice",
    "Item",
    "Ledger",
    "Line",
    "Location",
    "Message",
    "Name",
    "Number",
    "Order",
    "Party",
    "Payment",
    "Period",
    "Price",
    "Product",
    "Quantity",
    "Reference",
    "Region",
    "Schedule",
    "Site",
    "Status",
    "Supplier",
    "Tax",
    "Type",
    "Unit",
];

const TYPES: [&str; 6] = ["string", "decimal", "dateTime", "boolean", "int", "token"];

/// The namespace of the messages.
pub(super) fn namespace(schema: Schema) -> String {
    format!(
        "http://xmlns.oracle.com/cloud/adapter/messages/{:x}",
        schema.seed
    )
}

/// The file.
pub(super) fn wsdl(schema: Schema, noise: &Noise) -> String {
    let mut rng = fastrand::Rng::with_seed(schema.seed);
    let own = namespace(schema);
    let types = (0..schema.types).map(|at| complex(&mut rng, at));
    let message = |name: &str, element: &str| {
        Element::new(WSDL, "message").with("name", name).child(
            Element::new(WSDL, "part")
                .with("name", "parameters")
                .with("element", element),
        )
    };
    let root = Element::new(WSDL, "definitions")
        .with("name", "REQUEST")
        .with("targetNamespace", own.clone())
        .with("xmlns:tns", own.clone())
        .child(
            Element::new(WSDL, "types").child(
                Element::new(XSD, "schema")
                    .with("targetNamespace", own)
                    .with("elementFormDefault", "qualified")
                    .child(wrapper("execute"))
                    .child(wrapper("executeResponse"))
                    .all(types),
            ),
        )
        .child(message("executeRequestMessage", "tns:execute"))
        .child(message("executeResponseMessage", "tns:executeResponse"))
        .child(
            Element::new(WSDL, "portType")
                .with("name", "execute_ptt")
                .child(
                    Element::new(WSDL, "operation")
                        .with("name", "execute")
                        .child(
                            Element::new(WSDL, "input")
                                .with("message", "tns:executeRequestMessage"),
                        )
                        .child(
                            Element::new(WSDL, "output")
                                .with("message", "tns:executeResponseMessage"),
                        ),
                ),
        );
    let bound = Bound::Fixed(&[("wsdl", WSDL), ("xsd", XSD)]);
    document(&root, &bound, "wsdl", noise)
}

fn wrapper(name: &str) -> Element {
    Element::new(XSD, "element").with("name", name).child(
        Element::new(XSD, "complexType").child(
            Element::new(XSD, "sequence").child(
                Element::new(XSD, "element")
                    .with("name", "request-wrapper")
                    .with("type", "tns:Type0"),
            ),
        ),
    )
}

fn complex(rng: &mut fastrand::Rng, at: usize) -> Element {
    let count = rng.usize(4..12);
    let fields = (0..count).map(|nth| {
        let name = format!("{}{nth}", name(rng));
        let about = match rng.u8(..8) {
            0 => sentence(rng),
            1..4 => name.clone(),
            _ => String::new(),
        };
        let field = Element::new(XSD, "element")
            .with("name", name)
            .with("type", format!("xsd:{}", pick(rng, &TYPES)))
            .with("minOccurs", if rng.bool() { "0" } else { "1" });
        if about.is_empty() {
            field
        } else {
            field.child(
                Element::new(XSD, "annotation")
                    .child(Element::new(XSD, "documentation").text(&about)),
            )
        }
    });
    Element::new(XSD, "complexType")
        .with("name", format!("Type{at}"))
        .child(Element::new(XSD, "sequence").all(fields))
}

/// Two or three words together.
pub(super) fn name(rng: &mut fastrand::Rng) -> String {
    let count = rng.usize(2..4);
    (0..count).map(|_| pick(rng, &WORDS)).collect()
}

fn sentence(rng: &mut fastrand::Rng) -> String {
    let count = rng.usize(3..6);
    let words: Vec<String> = (0..count)
        .map(|_| pick(rng, &WORDS).to_lowercase())
        .collect();
    format!("The {} of the message.", words.join(" "))
}

fn pick(rng: &mut fastrand::Rng, of: &[&'static str]) -> &'static str {
    rng.choice(of).copied().unwrap_or_default()
}
