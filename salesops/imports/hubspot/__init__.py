"""Exports of HubSpot: tables and answers of its interface, read as they come."""
