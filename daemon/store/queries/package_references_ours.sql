select package_reference from parcel where package_reference = any ($1::text[])
