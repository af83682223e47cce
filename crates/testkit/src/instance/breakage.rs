//! Files that break one invariant of the format each.

use super::connection::hex;
use super::container::{Files, car_files, iar_files, package_files, zip};
use super::noise::Noise;
use super::sample::sample;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The archive contradicts itself.
    Error,
    /// It names something that is not in it, or says two things of one.
    Warning,
}

/// An invariant of the format that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Breakage {
    /// An integration's folder is not its code and version.
    FolderName,
    /// The properties tell another code than the flow.
    AttributesCode,
    /// The pattern of the properties is not that of the trigger.
    Pattern,
    /// A version is not `NN.NN.NNNN`.
    VersionForm,
    /// The flow names a resource that is not there.
    MissingResource,
    /// The orchestration names a processor that is not there.
    MissingProcessor,
    /// The flow is no XML.
    MalformedFlow,
    /// The flow names a connection that is not there.
    MissingConnection,
    /// The flow names a lookup that is not there.
    MissingLookup,
    /// A placeholder is not that of its connection and property.
    Placeholder,
    /// A credential's alias is not the digest of the connection's code.
    CredentialAlias,
    /// An attachment's signature is not the digest of its content.
    Signature,
    /// A connection's file has another name than its code.
    ConnectionFile,
    /// A member of a package has a name of another form.
    MemberName,
    /// Two members of a package bring different connections of one code.
    Clash,
    /// The project's list names a connection that is not there.
    AssetMissing,
    /// A connection is not in the project's list.
    AssetUnlisted,
    /// `info.json` tells another code than the flow.
    InfoCode,
    /// A library names a source that its `.jar` does not hold.
    LibrarySource,
    /// A function's id is not made of library, version, file and name.
    FunctionId,
    /// A library's descriptor and properties tell different codes.
    LibraryCode,
}

/// What is taken, which of its files, and what is written in place of what.
type Edit = (Container, &'static str, String, String);

#[derive(Debug, Clone, Copy)]
enum Container {
    Integration(&'static str),
    Package(&'static str),
    Project,
}

impl Breakage {
    /// Every one.
    pub const ALL: [Self; 21] = [
        Self::FolderName,
        Self::AttributesCode,
        Self::Pattern,
        Self::VersionForm,
        Self::MissingResource,
        Self::MissingProcessor,
        Self::MalformedFlow,
        Self::MissingConnection,
        Self::MissingLookup,
        Self::Placeholder,
        Self::CredentialAlias,
        Self::Signature,
        Self::ConnectionFile,
        Self::MemberName,
        Self::Clash,
        Self::AssetMissing,
        Self::AssetUnlisted,
        Self::InfoCode,
        Self::LibrarySource,
        Self::FunctionId,
        Self::LibraryCode,
    ];

    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::MissingConnection | Self::MissingLookup | Self::MemberName | Self::Clash => {
                Severity::Warning
            }
            _ => Severity::Error,
        }
    }

    /// An `.iar`, `.par` or `.car` with this breakage and no other.
    ///
    /// # Panics
    /// The sample has nothing left to break.
    pub fn bytes(self) -> Vec<u8> {
        let noise = Noise::none();
        let (container, path, from, to) = self.edit();
        let mut files = files(container, &noise);
        let before = files.clone();
        match self {
            // Both are about a name, and an entry's name is no text.
            Self::FolderName | Self::ConnectionFile | Self::MemberName => {
                for (name, _) in &mut files {
                    *name = name.replacen(&from, &to, 1);
                }
            }
            Self::MissingConnection | Self::MissingLookup => {
                files.retain(|(name, _)| !name.ends_with(path));
            }
            Self::Clash => {
                let mut other = sample();
                let mut all = other.connections.iter_mut();
                let shared = all.find(|it| it.code == "CRM_SOAP");
                "Another name".clone_into(&mut shared.expect("it is there").name);
                drop(all);
                let second = package_files(&other, "acme.customer", &noise);
                files.pop();
                files.extend(second.into_iter().next_back());
            }
            _ => edit(&mut files, path, &from, &to),
        }
        assert_ne!(files, before, "{self:?}");
        zip(files, "broken", &noise)
    }

    /// The same without the breakage.
    pub fn sound(self) -> Vec<u8> {
        let noise = Noise::none();
        zip(files(self.edit().0, &noise), "broken", &noise)
    }

    fn edit(self) -> Edit {
        use Container::{Integration, Package};
        let of = |container, path, from: &str, to: &str| -> Edit {
            (container, path, from.to_owned(), to.to_owned())
        };
        let intake = Integration("ORDER_INTAKE");
        match self {
            Self::FolderName => of(
                intake,
                "",
                "project/ORDER_INTAKE_01",
                "project/ORDER_UPTAKE_01",
            ),
            Self::AttributesCode => of(
                intake,
                "attributes.properties",
                "project_code=ORDER_INTAKE",
                "project_code=ORDER_UPTAKE",
            ),
            Self::Pattern => of(
                intake,
                "attributes.properties",
                "mep_type=MEP04",
                "mep_type=MEP07",
            ),
            Self::VersionForm => of(
                intake,
                "project.xml",
                "<projectVersion>01.00.0000<",
                "<projectVersion>1.0<",
            ),
            Self::MissingResource => of(
                intake,
                "project.xml",
                "/storeOrder_REQUEST.jca\"",
                "/nothing_REQUEST.jca\"",
            ),
            Self::MissingProcessor => of(
                intake,
                "project.xml",
                ":parallel id=\"pa0\" refUri=\"processor_",
                ":parallel id=\"pa0\" refUri=\"processor_9999",
            ),
            Self::MalformedFlow => of(intake, "project.xml", "</projectName>", "<projectName>"),
            Self::MissingConnection => of(intake, "appinstances/ORDERS_API.xml", "", ""),
            Self::MissingLookup => of(Integration("ORDER_ENRICH"), "Country_Codes.dvm", "", ""),
            Self::Placeholder => of(
                intake,
                "ORDERS_API.xml",
                "%%ORDERS_API_connectionUrl",
                "%%BILLING_API_connectionUrl",
            ),
            Self::CredentialAlias => of(
                intake,
                "ORDERS_API.xml",
                &hex(b"ORDERS_API"),
                &hex(b"BILLING_API"),
            ),
            Self::Signature => of(
                Integration("CUSTOMER_SYNC"),
                "CRM_SOAP.xml",
                "<content>",
                "<content>AAAA",
            ),
            Self::ConnectionFile => of(intake, "", "ORDERS_API.xml", "BILLING_API.xml"),
            Self::MemberName => of(Package("acme.billing"), "", "icspackage_", "member_"),
            Self::Clash => of(Package("acme.customer"), "", "", ""),
            _ => self.edit_of_project(),
        }
    }

    fn edit_of_project(self) -> Edit {
        let of = |path, from: &str, to: &str| -> Edit {
            (Container::Project, path, from.to_owned(), to.to_owned())
        };
        match self {
            Self::AssetMissing => of(
                "project.yaml",
                "  - id: WAREHOUSE_DB",
                "  - id: STOREHOUSE_DB",
            ),
            Self::AssetUnlisted => of(
                "project.yaml",
                "  lookups:\n  - id: Ledgers\n    name: Ledgers\n",
                "  schedules:\n  - id: Ledgers\n    name: Ledgers\n",
            ),
            Self::InfoCode => of(
                "INVOICE_POST_01.00.0000/info.json",
                "\"code\":\"INVOICE_POST\"",
                "\"code\":\"INVOICE_SEND\"",
            ),
            Self::LibrarySource => of("Prices.xml", "<fileName>prices.js<", "<fileName>rates.js<"),
            Self::FunctionId => of("Prices.xml", "prices.js:gross\"", "prices.js:great\""),
            _ => of("Prices_properties.properties", "code=PRICES", "code=RATES"),
        }
    }
}

fn files(container: Container, noise: &Noise) -> Files {
    let whole = sample();
    match container {
        Container::Integration(code) => {
            let mut all = whole.integrations.iter();
            let it = all.find(|it| it.code == code);
            iar_files(&whole, it.expect("it is there"), noise)
        }
        Container::Package(name) => package_files(&whole, name, noise),
        Container::Project => {
            let project = whole.projects.first().expect("it is there");
            car_files(&whole, project, None, noise)
        }
    }
}

fn edit(files: &mut Files, path: &str, from: &str, to: &str) {
    for (name, content) in files {
        if name.ends_with(path) {
            let text = String::from_utf8_lossy(content).replacen(from, to, 1);
            *content = text.into_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archives::read_back;

    #[test]
    fn what_is_broken_is_still_a_zip() {
        for breakage in Breakage::ALL {
            read_back(&breakage.bytes()).unwrap_or_else(|error| panic!("{breakage:?}: {error}"));
        }
    }
}
